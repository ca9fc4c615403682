"""Classifies the failures of services. This is the only place that decides."""

from typing import Any

import requests
from keystoneauth1 import exceptions

from trove_resources.errors import (
    CloudError,
    NoServiceError,
    QuotaExceededError,
    RefusedError,
    ResourceInUseError,
    ResourceNotFoundError,
    TransientError,
)

_NO_ANSWER = (exceptions.ConnectionError, exceptions.RetriableConnectionFailure)
_REQUEST_IDS = ("x-openstack-request-id", "x-compute-request-id")
_OVER_QUOTA = ("quota exceeded", "exceeded for quota", "maximum number of", "over the limit")
_OWN_FAULT = "AttributeError"
"""Heat answers 400 for this failure of its own code, for example when a stack is deleted while it is being deleted.

Source: ``error_map`` of ``heat/api/middleware/fault.py``."""
_IN_USE = ("status must be", "invalid volume:", "still in use")


def of_exception(service: str, request: str, error: exceptions.ClientException) -> CloudError:
    """Return the error for a request that was not answered, or could not be sent."""
    # A token request that Keystone did not answer, or failed, is worth a retry, too.
    failed = isinstance(error, exceptions.HttpError) and (error.http_status or 0) >= 500  # noqa: PLR2004 - HTTP's range
    kind: type[CloudError] = TransientError if failed or isinstance(error, _NO_ANSWER) else RefusedError
    if isinstance(error, exceptions.EndpointNotFound):
        kind = NoServiceError
    status = error.http_status if isinstance(error, exceptions.HttpError) else None
    return kind(
        service=service, request=request, status=status, said=str(error), request_id=getattr(error, "request_id", None)
    )


def of_response(service: str, request: str, response: requests.Response) -> CloudError:
    """Return the error for an answer with an error status."""
    kind, said = _reason(response)
    made = _classify(response.status_code, kind, said.lower())
    return made(
        service=service,
        request=request,
        status=response.status_code,
        said=said,
        request_id=_request_id(response),
    )


def of_unreadable(service: str, request: str, response: requests.Response) -> CloudError:
    """Return the error for an answer that is not JSON: a proxy's page, whatever the service did."""
    return TransientError(
        service=service,
        request=request,
        status=response.status_code,
        said=f"not JSON: {response.text.strip()[:200]}",
        request_id=_request_id(response),
    )


def _request_id(response: requests.Response) -> str | None:
    return next((response.headers[name] for name in _REQUEST_IDS if name in response.headers), None)


def _classify(status: int, kind: str, said: str) -> type[CloudError]:
    if status >= 500 or status == 429 or kind == _OWN_FAULT:  # noqa: PLR2004 - HTTP's range of server errors, and Too Many Requests
        return TransientError
    if status == 404:  # noqa: PLR2004 - Not Found
        return ResourceNotFoundError
    # Neutron's quota is a 409, Nova's a 403, Cinder's and Designate's a 413.
    if status == 413 or kind == "OverQuota" or (status == 403 and any(words in said for words in _OVER_QUOTA)):  # noqa: PLR2004
        return QuotaExceededError
    # Cinder answers 400 for what a volume's state does not allow.
    if status == 409 or (status == 400 and any(words in said for words in _IN_USE)):  # noqa: PLR2004
        return ResourceInUseError
    return RefusedError


def _reason(response: requests.Response) -> tuple[str, str]:
    """Return the service's own type of the error, if it has one, and its message."""
    try:
        body: Any = response.json()
    except requests.JSONDecodeError:
        return "", response.text.strip()[:500] or str(response.reason)
    inner = next((value for value in body.values() if isinstance(value, dict)), body) if isinstance(body, dict) else {}
    return str(inner.get("type", "")), str(inner.get("message") or body)
