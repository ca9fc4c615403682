"""Errors in Heat's form, for those that Heat does not answer itself.

Source: ``heat/api/middleware/fault.py`` of Heat 27.0.1.
"""

from http import HTTPStatus

from trove_lab.cloud.http import ApiError, Json


def render(error: ApiError, _request_id: str) -> Json:
    """Render an error as Heat does."""
    title = HTTPStatus(error.status).phrase if error.status in set(HTTPStatus) else "Error"
    return {
        "code": error.status,
        "title": title,
        "explanation": error.message,
        "error": {"type": error.kind or title.replace(" ", ""), "message": error.message, "traceback": None},
    }


def unreachable() -> ApiError:
    """Return the error of a proxy for a heat-api that does not listen."""
    return ApiError(503, "", "no heat-api listens")


def unanswered() -> ApiError:
    """Return the error of a proxy for a heat-api that closed the connection."""
    return ApiError(502, "", "heat-api closed the connection without an answer")


def invalid(field: str, _value: str, message: str) -> ApiError:
    """Return an error that is never raised: Heat validates its bodies itself."""
    return ApiError(400, "", f"{field}: {message}" if field else message)


def unauthorized() -> ApiError:
    """Return an error that is never raised: Heat validates its tokens itself."""
    return ApiError(401, "", "Authentication required")


def forbidden(policy: str) -> ApiError:
    """Return an error that is never raised: Heat has policies of its own."""
    return ApiError(403, "", policy)
