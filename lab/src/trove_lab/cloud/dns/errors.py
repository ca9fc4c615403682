"""Designate's errors: ``{"code", "type", "message", "request_id"}``, with ``errors`` for single invalid values."""

from dataclasses import replace
from http import HTTPStatus

from trove_lab.cloud.dns.request import Request
from trove_lab.cloud.http import ApiError, Json, Reply

_NOT_FOUND_PAGE = """<!doctype html>
<html lang=en>
<title>404 Not Found</title>
<h1>Not Found</h1>
<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try \
again.</p>
"""


class InvalidObject(ApiError):  # noqa: N818 - Designate's own name
    """A body with invalid values."""

    def __init__(self, path: list[str | int], message: str, validator: str, value: object) -> None:
        super().__init__(400, "invalid_object", "")
        self.errors = [{"path": path, "message": message, "validator": validator, "validator_value": value}]


def render(error: ApiError, request_id: str) -> Json | str:
    """Render an error as Designate does.

    A 401 is rendered as by Keystone's middleware, which answers it for Designate.
    """
    if error.status == HTTPStatus.UNAUTHORIZED:
        return {"error": {"code": 401, "title": "Unauthorized", "message": error.message}}
    if error.kind == "empty":
        return ""
    body: Json = {"code": error.status}
    if error.kind:
        body["type"] = error.kind
    elif error.status == HTTPStatus.METHOD_NOT_ALLOWED:
        return body | {"type": "method_not_allowed", "request_id": request_id}
    elif error.status == HTTPStatus.NOT_FOUND:
        return body | {"type": "not_found", "message": "resource not found", "request_id": request_id}
    else:
        body["type"] = "unknown"
    if error.message:
        body["message"] = error.message
    if isinstance(error, InvalidObject):
        body["errors"] = {"errors": error.errors}
    return body | {"request_id": request_id}


def adapt(request: Request, reply: Reply) -> Reply:
    """Return the HTML page of a 404 outside the API, which another part of Designate answers."""
    outside = not f"{request.path}/".startswith(f"{request.service.mount}/v2/")
    return replace(reply, body=_NOT_FOUND_PAGE) if outside and reply.status == HTTPStatus.NOT_FOUND else reply


def invalid(field: str, value: str, message: str) -> ApiError:
    """Return the error for a body that violates its schema, or is not JSON."""
    if field == "body" and not value:
        return ApiError(400, "invalid_json", message.removeprefix("Malformed request body: "))
    return ApiError(400, "invalid_object", f"Provided object does not match schema. {field}: {message}")


def bad_value(message: str) -> ApiError:
    """Return the error for an invalid value."""
    text = f"Provided object is not valid. Got a ValueError error with message {message}"
    return ApiError(400, "invalid_object", text)


def bad_keys(keys: list[str], kind: str) -> ApiError:
    """Return the error for unknown or read-only attributes."""
    return ApiError(
        400, "invalid_object", f"Provided object does not match schema. Keys {keys} are not valid for {kind}"
    )


def bad_request(message: str) -> ApiError:
    """Return the error for an invalid request, with Designate's own message."""
    return ApiError(400, "bad_request", message)


def unsupported_content_type() -> ApiError:
    """Return the error for a body whose content type is not JSON."""
    return ApiError(415, "unsupported_content_type", "Content-type must be application/json")


def unauthorized() -> ApiError:
    """Return the error for a missing or invalid token."""
    message = "The request you have made requires authentication."
    return ApiError(401, "", message, headers={"WWW-Authenticate": 'Keystone uri="/identity"'})


def forbidden(_policy: str) -> ApiError:
    """Return the error for a caller whom a policy does not admit. Designate does not name the policy."""
    return ApiError(403, "forbidden", "")


def no_such_scope() -> ApiError:
    """Return the error for a caller who may not act on other projects. The reply has no body."""
    return ApiError(403, "empty", "")


def not_found(kind: str) -> ApiError:
    """Return the error for an unknown id, or another project's. ``kind`` is ``Zone`` or ``RecordSet``."""
    return ApiError(404, f"{kind.lower()}_not_found", f"Could not find {kind}")


def duplicate(kind: str) -> ApiError:
    """Return the error for a name that is taken."""
    return ApiError(409, f"duplicate_{kind.lower()}", f"Duplicate {kind}")


def wrong_location(message: str) -> ApiError:
    """Return the error for a recordset at a name where none is allowed."""
    return ApiError(400, "invalid_recordset_location", message)


def over_quota(name: str) -> ApiError:
    """Return the error for an exceeded quota."""
    return ApiError(413, "over_quota", f"Quota exceeded for {name}.")
