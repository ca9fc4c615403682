"""A client of the emulated cloud's control API."""

from typing import Any

import requests

USER_AGENT = "trove-lab"


class Control:
    """Sends requests to the control API of one cloud.

    Every method raises ``requests.RequestException`` when the cloud does not answer, or answers with an error.
    """

    def __init__(self, cloud_url: str) -> None:
        self._base = f"{cloud_url}/_control"
        self._session = requests.Session()
        # The control API is on this machine: ignore proxies of the environment.
        self._session.trust_env = False
        self._session.headers["User-Agent"] = USER_AGENT

    def get(self, path: str, **query: Any) -> Any:
        """Return the response to ``GET /_control/<path>``."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Return the response to ``POST /_control/<path>``."""
        return self._ask("POST", path, json=body)

    def delete(self, path: str) -> Any:
        """Return the response to ``DELETE /_control/<path>``."""
        return self._ask("DELETE", path)

    def _ask(self, method: str, path: str, **arguments: Any) -> Any:
        response = self._session.request(method, f"{self._base}/{path}", timeout=30, **arguments)
        response.raise_for_status()
        return response.json() if response.content else None
