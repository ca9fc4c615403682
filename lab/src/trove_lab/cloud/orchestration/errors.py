"""Heat's form of an error, for those it does not make itself.

Source: ``heat/api/middleware/fault.py`` of Heat 27.0.1.
"""

from http import HTTPStatus

from trove_lab.cloud.http import ApiError, Json


def render(error: ApiError, _request_id: str) -> Json:
    """Give an error Heat's form."""
    title = HTTPStatus(error.status).phrase if error.status in set(HTTPStatus) else "Error"
    return {
        "code": error.status,
        "title": title,
        "explanation": error.message,
        "error": {"type": error.kind or title.replace(" ", ""), "message": error.message, "traceback": None},
    }


def unreachable() -> ApiError:
    """No heat-api listens: what a proxy answers then."""
    return ApiError(503, "", "no heat-api listens")


def unanswered() -> ApiError:
    """heat-api closed the connection: what a proxy answers then."""
    return ApiError(502, "", "heat-api closed the connection without an answer")


def invalid(field: str, _value: str, message: str) -> ApiError:
    """Never used: Heat looks at its bodies itself."""
    return ApiError(400, "", f"{field}: {message}" if field else message)


def unauthorized() -> ApiError:
    """Never used: Heat checks its tokens itself."""
    return ApiError(401, "", "Authentication required")


def forbidden(policy: str) -> ApiError:
    """Never used: Heat has policies of its own."""
    return ApiError(403, "", policy)
