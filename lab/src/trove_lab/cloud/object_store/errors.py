"""Swift's refusals: a title and a sentence in HTML."""

from __future__ import annotations

from http import HTTPStatus

from trove_lab.cloud.http import ApiError

_SENTENCES = {
    400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    401: "This server could not verify that you are authorized to access the document you requested.",
    403: "Access was denied to this resource.",
    404: "The resource could not be found.",
    405: "The method is not allowed for this resource.",
    409: "There was a conflict when trying to complete your request.",
    416: "The Range requested is not available.",
    422: "Unable to process the contained instructions",
}


def render(error: ApiError, _request_id: str) -> str:
    """Give an error Swift's form."""
    sentence = error.message or _SENTENCES.get(error.status, "")
    return f"<html><h1>{HTTPStatus(error.status).phrase}</h1><p>{sentence}</p></html>"


def invalid(_field: str, _value: str, message: str) -> ApiError:
    """A request that cannot be."""
    return refused(400, message)


def unauthorized() -> ApiError:
    """No token, or a bad one."""
    return ApiError(401, "", "", headers={"WWW-Authenticate": 'Keystone uri="/identity"'})


def forbidden(_policy: str = "") -> ApiError:
    """Another project's account."""
    return refused(403)


def refused(status: int, message: str = "") -> ApiError:
    """A refusal with a sentence of its own, or the status's."""
    return ApiError(status, "", message)
