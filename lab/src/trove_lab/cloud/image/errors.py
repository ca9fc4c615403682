"""Glance's errors: an HTML page, or ``{"message", "code", "title"}`` for clients that accept JSON."""

import html
from dataclasses import replace
from http import HTTPStatus

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.image.request import Request

_PAGE = """<html>
 <head>
  <title>{code}</title>
 </head>
 <body>
  <h1>{code}</h1>
  {message}<br /><br />
{detail}


 </body>
</html>"""
_BREAK = "<br /><br />\n"
_UNVERIFIED = (
    "This server could not verify that you are authorized to access the document you requested. Either you supplied"
    " the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials"
    " required."
)


def render(error: ApiError, _request_id: str) -> Json:
    """Render an error for clients that accept JSON. ``kind`` holds the detail that follows the explanation."""
    phrase = HTTPStatus(error.status).phrase
    return {"message": f"{error.message}{_BREAK}{error.kind}\n\n", "code": f"{error.status} {phrase}", "title": phrase}


def adapt(request: Request, reply: Reply) -> Reply:
    """Render an error as an HTML page for clients that do not accept JSON."""
    if reply.status < HTTPStatus.BAD_REQUEST or "application/json" in request.headers.get("Accept", ""):
        return reply
    body = reply.body
    if not isinstance(body, dict) or not {"message", "code"} <= body.keys():
        return reply
    message, _, detail = (html.escape(part) for part in str(body["message"]).removesuffix("\n\n").rpartition(_BREAK))
    return replace(reply, body=_PAGE.format(code=body["code"], message=message, detail=detail))


def invalid(field: str, value: str, message: str) -> ApiError:
    """Return the error for a body that violates its schema, or is not JSON."""
    if field == "body" and not value:
        return bad_request("Malformed JSON in request body.")
    return bad_request(f"Provided object does not match schema 'image': {message}")


def bad_request(message: str) -> ApiError:
    """Return the error for an invalid request, with Glance's own message."""
    return ApiError(400, "", message)


def unauthorized() -> ApiError:
    """Return the error for a missing or invalid token."""
    return ApiError(401, "", _UNVERIFIED, headers={"WWW-Authenticate": 'Keystone uri="/identity"'})


def forbidden(policy: str) -> ApiError:
    """Return the error for a caller whom a policy does not admit."""
    return ApiError(403, "", f"You are not authorized to complete {policy} action.")


def denied(message: str, detail: str = "") -> ApiError:
    """Return the error for what nobody may do, with Glance's own message."""
    return ApiError(403, detail, message)


def not_found(image_id: str) -> ApiError:
    """Return the error for an unknown id, or an image that the caller may not see."""
    return missing(f"No image found with ID {image_id}")


def missing(message: str) -> ApiError:
    """Return the error for something not found, with Glance's own message."""
    return ApiError(404, "", message)


def conflict(message: str, detail: str = "") -> ApiError:
    """Return the error for a request that conflicts with the state of an image."""
    return ApiError(409, detail, message)


def unsupported_media_type(kind: str, detail: str, **headers: str) -> ApiError:
    """Return the error for a content type that the route does not accept."""
    message = f"The request media type {kind} is not supported by this server.\n"
    return ApiError(415, detail, message, headers={name.replace("_", "-"): value for name, value in headers.items()})
