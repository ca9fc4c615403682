"""Swift's errors: a title and a sentence in HTML."""

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
    """Render an error as Swift does."""
    sentence = error.message or _SENTENCES.get(error.status, "")
    return f"<html><h1>{HTTPStatus(error.status).phrase}</h1><p>{sentence}</p></html>"


def invalid(_field: str, _value: str, message: str) -> ApiError:
    """Return the error for an invalid request."""
    return refused(400, message)


def unauthorized() -> ApiError:
    """Return the error for a missing or invalid token."""
    return ApiError(401, "", "", headers={"WWW-Authenticate": 'Keystone uri="/identity"'})


def forbidden(_policy: str = "") -> ApiError:
    """Return the error for another project's account."""
    return refused(403)


def refused(status: int, message: str = "") -> ApiError:
    """Return an error with its own sentence, or the usual sentence of its status."""
    return ApiError(status, "", message)
