"""Nova's errors: ``{"conflictingRequest": {"code": 409, "message": …}}``."""

from trove_lab.cloud.http import ApiError, Json

_KINDS = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    405: "badMethod",
    409: "conflictingRequest",
    413: "overLimit",
    429: "overLimit",
    501: "notImplemented",
    503: "serviceUnavailable",
}


def render(error: ApiError, _request_id: str) -> Json:
    """Render an error as Nova does. A 401 is rendered as by Keystone's middleware, which answers it for Nova."""
    if error.status == 401:  # noqa: PLR2004 - HTTP's own number
        return {"error": {"code": 401, "title": "Unauthorized", "message": error.message}}
    kind = error.kind or _KINDS.get(error.status, "computeFault")
    return {kind: {"code": error.status, "message": error.message}}


def invalid(field: str, value: str, message: str) -> ApiError:
    """Return the error for a body that violates its schema."""
    if field == "body":
        return bad_request("Malformed request body")
    if not field:
        return bad_request(message)
    return bad_request(f"Invalid input for field/attribute {field}. Value: {value}. {message}")


def invalid_query(field: str, value: str, message: str) -> ApiError:
    """Return the error for a query string that violates its schema."""
    if not field:
        return bad_request(f"Invalid input for query parameters {value}. {message}")
    return bad_request(f"Invalid input for query parameters {field}. Value: {value}. {message}")


def unauthorized() -> ApiError:
    """Return the error for a missing or invalid token."""
    message = "The request you have made requires authentication."
    return ApiError(401, "", message, headers={"WWW-Authenticate": 'Keystone uri="/identity"'})


def forbidden(policy: str) -> ApiError:
    """Return the error for a caller whom a policy does not admit."""
    return ApiError(403, "forbidden", f"Policy doesn't allow {policy} to be performed.")


def over_quota(message: str) -> ApiError:
    """Return the error for an exceeded quota. Nova answers 403, not 413."""
    return ApiError(403, "forbidden", message)


def unsupported_media_type() -> ApiError:
    """Return the error for a body whose content type is not JSON."""
    return ApiError(415, "badMediaType", "Unsupported Content-Type")


def bad_request(message: str) -> ApiError:
    """Return the error for an invalid request, with Nova's own message."""
    return ApiError(400, "badRequest", message)


def not_found(message: str) -> ApiError:
    """Return the error for an unknown id, or for a resource of another project."""
    return ApiError(404, "itemNotFound", message)


def no_server(server_id: str) -> ApiError:
    """Return the error for an unknown server."""
    return not_found(f"Instance {server_id} could not be found.")


def unmapped_server(server_id: str) -> ApiError:
    """Return the error for an unknown server from the parts of Nova that look up its cell first."""
    return not_found(f"Instance {server_id} has no mapping to a cell.")


def no_flavor(flavor_id: str) -> ApiError:
    """Return the error for an unknown flavor in the path."""
    return not_found(f"Flavor {flavor_id} could not be found.")


def conflict(message: str) -> ApiError:
    """Return the error for a request that conflicts with the state of a resource."""
    return ApiError(409, "conflictingRequest", message)


def wrong_state(action: str, server_id: str, attribute: str, value: object) -> ApiError:
    """Return the error for an action that the server's state does not allow."""
    return conflict(f"Cannot '{action}' instance {server_id} while it is in {attribute} {value}")


def malformed_version(asked: str) -> ApiError:
    """Return the error for a microversion that cannot be parsed."""
    return bad_request(f"API Version String {asked} is of invalid format. Must be of format MajorNum.MinorNum.")


def unsupported_version(asked: str) -> ApiError:
    """Return the error for a microversion that Nova does not support."""
    message = f"Version {asked} is not supported by the API. Minimum is {LOWEST} and maximum is {HIGHEST}."
    return ApiError(406, "computeFault", message)


LOWEST, HIGHEST = "2.1", "2.104"
