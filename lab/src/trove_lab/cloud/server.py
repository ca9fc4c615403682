"""The cloud behind a TCP port."""

import threading
from typing import Self

from cheroot import wsgi

from trove_lab.cloud.application import Application
from trove_lab.cloud.cloud import Cloud

THREADS = 128
"""Requests answered at once: long polls and hanging faults hold a thread each."""
IDLE = 600
"""Seconds a connection is kept without a request. Who sends one just when it is closed gets no answer."""


class CloudServer:
    """Serves one cloud on one port of the loopback interface, in threads of this process.

    A cloud may have more than one: the log says of the requests to one of them that ``client`` made them. The catalog
    leads to the port at which it is asked for. Raises OSError when the port is taken.
    """

    def __init__(self, cloud: Cloud, *, host: str = "127.0.0.1", port: int = 0, client: str | None = None) -> None:
        self.cloud = cloud
        application = Application(cloud, client)
        self._http = wsgi.Server(
            (host, port), application, numthreads=THREADS, request_queue_size=THREADS, timeout=IDLE
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
        """The URL of Keystone, as a clouds.yaml has it."""
        return f"{self.url}/identity/v3"

    def stop(self) -> None:
        """Let hanging requests go and close the port."""
        self.cloud.faults.remove()
        self.cloud.changed()
        self._http.stop()
        self._thread.join()

    def __enter__(self) -> Self:
        """Return the server, which already answers."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()
