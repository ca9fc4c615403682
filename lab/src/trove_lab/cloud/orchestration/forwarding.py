"""Forwarding of requests, as by a reverse proxy."""

from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import urlsplit

from trove_lab.cloud.http import BaseCloud, Reply, Request
from trove_lab.cloud.orchestration import errors

_HOP_BY_HOP: Final = frozenset(
    {"connection", "content-length", "date", "forwarded", "host", "keep-alive", "server", "te", "transfer-encoding"}
)
"""Headers that concern a single connection."""


class Forwarding:
    """Forward requests to the service at ``url``, each over a new connection.

    The headers ``X-Forwarded-*`` have the URL at which clients reach the service. If oslo.middleware reads them
    (``enable_proxy_headers_parsing``), links and redirects lead here.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._path = parts.path.rstrip("/")

    def __call__(self, request: Request[BaseCloud]) -> Reply:
        """Return the service's reply, however long it takes. Raise an ApiError when there is none."""
        connection = HTTPConnection(self._host, self._port)
        try:
            try:
                connection.connect()
            except OSError as error:
                raise errors.unreachable() from error
            connection.request(request.method, self._target(request), request.get_data(), _headers(request))
            response = connection.getresponse()
            headers = {name: value for name, value in response.getheaders() if name.lower() not in _HOP_BY_HOP}
            return Reply(response.status, response.read(), headers)
        except (OSError, HTTPException) as error:
            raise errors.unanswered() from error
        finally:
            connection.close()

    def _target(self, request: Request[BaseCloud]) -> str:
        # The path as it was sent: WSGI decodes quoted slashes.
        sent: str = request.environ["REQUEST_URI"]
        return self._path + sent.removeprefix(request.service.mount)


def _headers(request: Request[BaseCloud]) -> dict[str, str]:
    headers = {name: value for name, value in request.headers if name.lower() not in _HOP_BY_HOP}
    known = {"X-Forwarded-Proto": request.scheme, "X-Forwarded-Host": request.host}
    return {**headers, **known, "X-Forwarded-Prefix": request.service.mount}
