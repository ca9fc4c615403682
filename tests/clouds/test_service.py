"""How one request to a misbehaving service fails. No request is repeated."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from keystoneauth1.identity.v3 import Password
from keystoneauth1.noauth import NoAuth
from keystoneauth1.session import Session

from trove_resources.clouds.service import Endpoint, Service
from trove_resources.errors import CloudError, RefusedError, TransientError

Handler = Callable[[BaseHTTPRequestHandler], None]


class Answering:
    """An HTTP server that answers as a test defines, and records the requests."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.answer: Handler = lambda handler: _answer(handler, 200, b"{}")
        outer = self

        class Handling(BaseHTTPRequestHandler):
            def _handle(self) -> None:
                outer.requests.append(f"{self.command} {self.path}")
                outer.answer(self)

            do_GET = do_POST = do_DELETE = _handle  # noqa: N815 - http.server's names

            def log_message(self, *_: Any) -> None:
                """Log nothing."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handling)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        """Close the port."""
        self._http.shutdown()
        self._http.server_close()


def _answer(handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.send_header("x-openstack-request-id", "req-7")
    handler.end_headers()
    handler.wfile.write(body)


def _close(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def _cut(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"volume": ')
    handler.close_connection = True


@pytest.fixture
def server() -> Iterator[Answering]:
    server = Answering()
    yield server
    server.stop()


@pytest.fixture
def service(server: Answering) -> Service:
    endpoint = Endpoint(service_type="volumev3", url=server.url)
    return Service(Session(auth=NoAuth()), endpoint, name="Cinder", timeout=0.3)


@pytest.mark.parametrize(
    "misbehaviour",
    [
        pytest.param(_close, id="closed connection"),
        pytest.param(_cut, id="truncated response"),
        pytest.param(lambda handler: _answer(handler, 200, b"<html>Welcome</html>"), id="page of a proxy"),
        pytest.param(lambda handler: _answer(handler, 500, b"{}"), id="status 500"),
        pytest.param(lambda handler: _answer(handler, 503, b"busy"), id="status 503"),
        pytest.param(lambda _handler: threading.Event().wait(1.0), id="no response"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_missing_response_is_transient_and_the_request_is_not_repeated(
    server: Answering, service: Service, misbehaviour: Handler, method: str
) -> None:
    server.answer = misbehaviour
    with pytest.raises(TransientError) as lost:
        {
            "GET": lambda: service.get("/volumes"),
            "POST": lambda: service.post("/volumes", {"volume": {}}),
            "DELETE": lambda: service.delete("/volumes"),
        }[method]()
    assert server.requests == [f"{method} /volumes"]
    assert str(lost.value).startswith(f"Cinder: {method} /volumes ")


def test_a_refused_connection_is_transient() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        service = Service(Session(auth=NoAuth()), Endpoint(service_type="compute", url=url), name="Nova")
        with pytest.raises(TransientError, match="did not answer"):
            service.get("/servers")


def _keystone(server: Answering) -> Service:
    auth = Password(auth_url=f"{server.url}/v3", username="trove", password="secret-word", user_domain_id="default")
    return Service(Session(auth=auth), Endpoint(service_type="compute"), name="Nova")


@pytest.mark.parametrize(("status", "is_a"), [(500, TransientError), (503, TransientError), (401, RefusedError)])
def test_a_failure_to_get_a_token_is_classified_too(server: Answering, status: int, is_a: type[CloudError]) -> None:
    server.answer = lambda handler: _answer(handler, status, b'{"error": {"message": "no token"}}')
    with pytest.raises(is_a) as refused:
        _keystone(server).get("/servers")
    assert type(refused.value) is is_a
    assert refused.value.status == status
    assert refused.value.request_id == "req-7"
    assert "secret-word" not in str(refused.value)


def test_an_empty_response_is_an_empty_object(server: Answering, service: Service) -> None:
    server.answer = lambda handler: _answer(handler, 202, b"")
    assert service.post("/volumes/1/action", {}) == {}
