"""One service over HTTP: its endpoint, its answers as JSON, its failures as our errors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from keystoneauth1 import exceptions
from keystoneauth1.session import Session

from trove_resources import USER_AGENT
from trove_resources.clouds import failures

Json = dict[str, Any]
TIMEOUT = 60.0
"""The default time, in seconds, that a service has for its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The endpoint of a service: from the catalog, or ``url``, which overrides it."""

    service_type: str
    interface: str = "public"
    region_name: str | None = None
    url: str | None = None


class Service:
    """Sends requests to one service. A call is exactly one request: nothing is retried here.

    Every method raises a CloudError when the service refuses the request, fails, or does not answer.
    """

    def __init__(
        self,
        session: Session,
        endpoint: Endpoint,
        *,
        name: str,
        microversion: str | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self.name = name
        self._timeout = timeout
        self._session = session
        self._endpoint = endpoint
        self._microversion = microversion

    def get(self, path: str, query: Mapping[str, Any] | None = None, *, microversion: str | None = None) -> Json:
        """Return the answer to GET."""
        return self._ask("GET", path, params=query, microversion=microversion)

    def post(self, path: str, body: Json, *, microversion: str | None = None) -> Json:
        """Return the answer to POST; an empty object for an empty answer."""
        return self._ask("POST", path, json=body, microversion=microversion)

    def send(self, method: str, path: str, body: Json) -> None:
        """Send a request whose answer is ignored, unless it is an error."""
        self._ask(method, path, reads=False, json=body)

    def delete(self, path: str) -> Json:
        """Return the answer to DELETE: usually an empty object."""
        return self._ask("DELETE", path)

    def _ask(
        self, method: str, path: str, *, microversion: str | None = None, reads: bool = True, **arguments: Any
    ) -> Json:
        request = f"{method} {path}"
        version = microversion or self._microversion
        try:
            response = self._session.request(
                path,
                method,
                user_agent=USER_AGENT,
                raise_exc=False,
                timeout=self._timeout,
                connect_retries=0,
                status_code_retries=0,
                microversion=version,
                microversion_service_type=self._endpoint.service_type if version else None,
                **self._where(),
                **arguments,
            )
        except exceptions.ClientException as error:
            raise failures.of_exception(self.name, request, error) from error
        if response.status_code >= 400:  # noqa: PLR2004 - HTTP's range of errors
            raise failures.of_response(self.name, request, response)
        try:
            answer = response.json() if reads and response.content else {}
        except requests.JSONDecodeError as error:
            raise failures.of_unreadable(self.name, request, response) from error
        return answer if isinstance(answer, dict) else {}

    def _where(self) -> dict[str, Any]:
        if self._endpoint.url:
            return {"endpoint_override": self._endpoint.url}
        return {
            "endpoint_filter": {
                "service_type": self._endpoint.service_type,
                "interface": self._endpoint.interface,
                "region_name": self._endpoint.region_name,
            }
        }
