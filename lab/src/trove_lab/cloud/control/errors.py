"""Errors of the control API: ``{"error": "field: what is wrong"}``."""

from trove_lab.cloud.http import ApiError, Json


def render(error: ApiError, _request_id: str) -> Json:
    """Return the body that the control API sends for an error."""
    return {"error": error.message}


def invalid(field: str, _value: str, message: str) -> ApiError:
    """Return the error for an invalid request body."""
    return ApiError(400, "", f"{field}: {message}" if field else message)


def unauthorized() -> ApiError:
    """Return an error that is never raised: the control API asks for no token."""
    return ApiError(401, "", "unauthorized")


def forbidden(policy: str) -> ApiError:
    """Return an error that is never raised: the control API has no policies."""
    return ApiError(403, "", policy)
