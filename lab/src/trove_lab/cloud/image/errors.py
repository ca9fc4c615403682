"""Glance's refusals: a page in HTML, or ``{"message", "code", "title"}`` for those who accept JSON."""

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
    """Give an error Glance's form for those who accept JSON. Its ``kind`` is the detail after the explanation."""
    phrase = HTTPStatus(error.status).phrase
    return {"message": f"{error.message}{_BREAK}{error.kind}\n\n", "code": f"{error.status} {phrase}", "title": phrase}


def adapt(request: Request, reply: Reply) -> Reply:
    """Make a page of an error for those who do not say that they accept JSON."""
    if reply.status < HTTPStatus.BAD_REQUEST or "application/json" in request.headers.get("Accept", ""):
        return reply
    body = reply.body
    if not isinstance(body, dict) or not {"message", "code"} <= body.keys():
        return reply
    message, _, detail = (html.escape(part) for part in str(body["message"]).removesuffix("\n\n").rpartition(_BREAK))
    return replace(reply, body=_PAGE.format(code=body["code"], message=message, detail=detail))


def invalid(field: str, value: str, message: str) -> ApiError:
    """A body that breaks its schema, or is no JSON at all."""
    if field == "body" and not value:
        return bad_request("Malformed JSON in request body.")
    return bad_request(f"Provided object does not match schema 'image': {message}")


def bad_request(message: str) -> ApiError:
    """A request that cannot be, in Glance's own words."""
    return ApiError(400, "", message)


def unauthorized() -> ApiError:
    """No token, or a bad one."""
    return ApiError(401, "", _UNVERIFIED, headers={"WWW-Authenticate": 'Keystone uri="/identity"'})


def forbidden(policy: str) -> ApiError:
    """A caller whom a policy keeps out."""
    return ApiError(403, "", f"You are not authorized to complete {policy} action.")


def denied(message: str, detail: str = "") -> ApiError:
    """Something that nobody may do, in Glance's own words."""
    return ApiError(403, detail, message)


def not_found(image_id: str) -> ApiError:
    """An unknown id, or an image the caller may not see."""
    return missing(f"No image found with ID {image_id}")


def missing(message: str) -> ApiError:
    """Something that is not there, in Glance's own words."""
    return ApiError(404, "", message)


def conflict(message: str, detail: str = "") -> ApiError:
    """A request against what is."""
    return ApiError(409, detail, message)


def unsupported_media_type(kind: str, detail: str, **headers: str) -> ApiError:
    """A body of a type the route does not read."""
    message = f"The request media type {kind} is not supported by this server.\n"
    return ApiError(415, detail, message, headers={name.replace("_", "-"): value for name, value in headers.items()})
