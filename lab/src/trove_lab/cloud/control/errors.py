"""The control API's refusals: ``{"error": "field: what is wrong"}``. It knows no callers."""

from trove_lab.cloud.http import ApiError, Json


def render(error: ApiError, _request_id: str) -> Json:
    """Give an error the control API's form."""
    return {"error": error.message}


def invalid(field: str, _value: str, message: str) -> ApiError:
    """A body that cannot be."""
    return ApiError(400, "", f"{field}: {message}" if field else message)


def unauthorized() -> ApiError:
    """Never used: the control API asks for no token."""
    return ApiError(401, "", "unauthorized")


def forbidden(policy: str) -> ApiError:
    """Never used: the control API has no policies."""
    return ApiError(403, "", policy)
