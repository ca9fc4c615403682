"""An HTTP server for the cloud."""

import threading
from typing import Self

from cheroot import wsgi

from trove_lab.cloud.application import Application
from trove_lab.cloud.cloud import Cloud

THREADS = 128
"""How many requests can be served at once. Long polls and hanging faults occupy one thread each."""
IDLE_TIMEOUT = 600
"""How many seconds an idle connection is kept. A request sent just as it is closed gets no reply."""


class CloudServer:
    """Serve a cloud on one port of the loopback interface, in threads of this process.

    A cloud may have several servers. The request log shows ``client`` as the client of this one's requests. URLs in the
    catalog have the port that the catalog was requested from. Raises OSError when the port is taken.
    """

    def __init__(self, cloud: Cloud, *, host: str = "127.0.0.1", port: int = 0, client: str | None = None) -> None:
        self.cloud = cloud
        application = Application(cloud, client)
        self._http = wsgi.Server(
            (host, port), application, numthreads=THREADS, request_queue_size=THREADS, timeout=IDLE_TIMEOUT
        )
        self._http.prepare()
        self._host, self.port = self._http.bind_addr[:2]
        self._thread = threading.Thread(target=self._http.serve, name="minicloud", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The URL below which all services are mounted."""
        return f"http://{self._host}:{self.port}"

    @property
    def auth_url(self) -> str:
        """The URL of Keystone, as in clouds.yaml."""
        return f"{self.url}/identity/v3"

    def stop(self) -> None:
        """Close the connections of hanging requests, then the port."""
        self.cloud.faults.remove()
        self.cloud.changed()
        self._http.stop()
        self._thread.join()

    def __enter__(self) -> Self:
        """Return the server, which is already running."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self.stop()
