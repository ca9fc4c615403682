"""Keystone's errors: ``{"error": {"code", "message", "title"}}``."""

from http import HTTPStatus

from trove_lab.cloud.http import ApiError, Json

_TITLES = {404: "Not Found", 401: "Unauthorized", 403: "Forbidden", 400: "Bad Request", 409: "Conflict"}
_MALFORMED = (
    " The server could not comply with the request since it is either malformed or otherwise incorrect."
    " The client is assumed to be in error."
)


def render(error: ApiError, _request_id: str) -> Json:
    """Render an error as Keystone does."""
    title = error.kind or _TITLES.get(error.status) or HTTPStatus(error.status).phrase
    return {"error": {"code": error.status, "message": error.message, "title": title}}


def invalid(field: str, _value: str, message: str) -> ApiError:
    """Return the error for a body that violates its schema."""
    return ApiError(400, "Bad Request", f"Invalid input for field '{field}': {message}" if field else message)


def malformed(what: str) -> ApiError:
    """Return the error for a body with an invalid value."""
    return ApiError(400, "Bad Request", what + _MALFORMED)


def expecting(what: str, where: str) -> ApiError:
    """Return the error for a body in which something is missing."""
    return ApiError(400, "Bad Request", f"Expecting to find {what} in {where}.{_MALFORMED}")


def unsupported_media_type() -> ApiError:
    """Return the error for a body whose content type is not JSON. Keystone answers 400, not 415."""
    return expecting("application/json", "Content-Type header")


def unauthorized() -> ApiError:
    """Return the error for a missing or invalid token, or a wrong password."""
    message = "The request you have made requires authentication."
    return ApiError(401, "Unauthorized", message, headers={"WWW-Authenticate": 'Keystone uri="/identity/v3"'})


def forbidden(policy: str) -> ApiError:
    """Return the error for a caller without the role that a policy requires."""
    message = f"You are not authorized to perform the requested action: {policy}."
    return ApiError(403, "Forbidden", message)


def refused() -> ApiError:
    """Return the error for what nobody may do, whatever their role. Keystone gives no reason."""
    return ApiError(403, "Forbidden", "You are not authorized to perform the requested action.")


def not_found(kind: str, row_id: str) -> ApiError:
    """Return the error for an unknown id. Keystone uses the same message for every kind."""
    return ApiError(404, "Not Found", f"Could not find {kind}: {row_id}.")


def conflict(kind: str, name: str) -> ApiError:
    """Return the error for a name that is taken."""
    message = f"Conflict occurred attempting to store {kind} - Duplicate entry found with name {name}."
    return ApiError(409, "Conflict", message)
