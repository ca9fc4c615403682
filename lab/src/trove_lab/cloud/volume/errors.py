"""Cinder's errors: ``{"itemNotFound": {"code": 404, "message": …}}``."""

from dataclasses import replace
from http import HTTPStatus

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.volume.request import Request

_KINDS = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    405: "badMethod",
    406: "computeFault",
    409: "conflictingRequest",
    413: "overLimit",
    500: "computeFault",
    503: "serviceUnavailable",
}
LOWEST, HIGHEST = "3.0", "3.71"


_NOT_FOUND_PAGE = """<html>
 <head>
  <title>404 Not Found</title>
 </head>
 <body>
  <h1>404 Not Found</h1>
  The resource could not be found.<br /><br />



 </body>
</html>"""


def render(error: ApiError, _request_id: str) -> Json | str:
    """Render an error as Cinder does.

    Keystone's middleware answers a 401 for it, and its router a 404 for unknown paths.
    """
    if error.status == HTTPStatus.UNAUTHORIZED:
        return {"error": {"code": 401, "title": "Unauthorized", "message": error.message}}
    if error.kind == "" and error.status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        return _NOT_FOUND_PAGE
    fault: Json = {"code": error.status, "message": error.message}
    if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        fault["retryAfter"] = "0"
    return {error.kind or _KINDS.get(error.status, "computeFault"): fault}


def adapt(request: Request, reply: Reply) -> Reply:
    """Distinguish two kinds of 404: an unknown path or method, and a path of a later microversion."""
    if reply.body != _NOT_FOUND_PAGE:
        return reply
    if hasattr(request, "caller"):
        return Reply(404, {"itemNotFound": {"code": 404, "message": "The resource could not be found."}})
    return replace(reply, status=404)


def invalid(field: str, value: str, message: str) -> ApiError:
    """Return the error for a body that violates its schema, or is not JSON."""
    if field == "body" and not value:
        return bad_request("Malformed request body")
    if not field:
        return bad_request(message)
    return bad_request(f"Invalid input for field/attribute {field}. Value: {value.strip(chr(39))}. {message}")


def bad_request(message: str) -> ApiError:
    """Return the error for an invalid request, with Cinder's own message."""
    return ApiError(400, "", message)


def invalid_volume(message: str) -> ApiError:
    """Return the error for an action that the volume's status does not allow."""
    return ApiError(400, "", f"Invalid volume: {message}")


def unauthorized() -> ApiError:
    """Return the error for a missing or invalid token."""
    message = "The request you have made requires authentication."
    return ApiError(401, "", message, headers={"WWW-Authenticate": 'Keystone uri="/identity"'})


def forbidden(policy: str) -> ApiError:
    """Return the error for a caller whom a policy does not admit."""
    return ApiError(403, "", f"Policy doesn't allow {policy} to be performed.")


def not_found(kind: str, row_id: str) -> ApiError:
    """Return the error for an unknown id, or another project's."""
    return missing(f"{kind} {row_id} could not be found.")


def missing(message: str) -> ApiError:
    """Return the error for something not found, with Cinder's own message."""
    return ApiError(404, "itemNotFound", message)


def conflict(message: str) -> ApiError:
    """Return the error for a request that conflicts with another."""
    return ApiError(409, "", message)


def over_quota(message: str) -> ApiError:
    """Return the error for an exceeded quota."""
    return ApiError(413, "", message, headers={"Retry-After": "0"})


def malformed_version(asked: str) -> ApiError:
    """Return the error for a microversion that cannot be parsed."""
    return ApiError(400, "", f"API Version String {asked} is of invalid format. Must be of format MajorNum.MinorNum.")


def unsupported_version(asked: str) -> ApiError:
    """Return the error for a microversion that Cinder does not support."""
    message = f"Version {asked} is not supported by the API. Minimum is {LOWEST} and maximum is {HIGHEST}."
    return ApiError(406, "", message)


def no_action(action: str | None) -> ApiError:
    """Return the error for a body of ``…/action`` that names no known action."""
    if action is None:
        return bad_request("Malformed request body")
    return bad_request(
        f"There is no such action: {action}. Verify the request body and Content-Type header and try again."
    )
