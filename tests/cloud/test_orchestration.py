"""minicloud in front of a heat-api: forwarding, logging, and faults.

The heat-api here replies with the request that it received. ``tests/heat`` has the real one.
"""

import json
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from cheroot import wsgi

from cloud.conftest import Mini, connect
from trove_lab.cloud.clock import ManualClock
from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.seed import seed
from trove_lab.cloud.server import CloudServer

pytestmark = pytest.mark.mini_only("a real cloud does not forward to its Heat")


@dataclass
class Api:
    """A server that replies like a heat-api, with the request that it received."""

    ask_back: str | None = None
    """A URL to request before replying."""
    hangs_up: bool = False
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked.append(environ["REQUEST_METHOD"])
        if self.hangs_up:
            raise ConnectionResetError
        if self.ask_back:
            requests.get(self.ask_back, timeout=10).raise_for_status()
        headers = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        shown = {"method": environ["REQUEST_METHOD"], "uri": environ["REQUEST_URI"], "headers": headers, "body": body}
        start_response(
            "418 I'm a teapot",
            [
                ("Content-Type", "text/x-teapot"),
                ("Location", "http://elsewhere/"),
                ("X-OpenStack-Request-Id", "req-of-heat"),
            ],
        )
        return [json.dumps(shown).encode()]


@dataclass
class Fronted:
    """A cloud in front of a heat-api."""

    mini: Mini
    api: Api
    heat: wsgi.Server
    token: str
    project_id: str

    @property
    def url(self) -> str:
        return f"{self.mini.url}/orchestration/v1/{self.project_id}"

    def ask(self, method: str = "GET", path: str = "/stacks", **given: Any) -> requests.Response:
        headers = {"X-Auth-Token": self.token, "User-Agent": "tester/1", **given.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=10, **given)

    def logged(self) -> list[dict[str, Any]]:
        entries = self.mini.control("GET", "requests")["requests"]
        return [entry for entry in entries if entry["service"] == "orchestration"]


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def fronted(api: Api) -> Iterator[Fronted]:
    heat = wsgi.Server(("127.0.0.1", 0), api, numthreads=4)
    heat.prepare()
    thread = threading.Thread(target=heat.serve, daemon=True)
    thread.start()
    clock = ManualClock()
    heat_url = f"http://127.0.0.1:{heat.bind_addr[1]}"
    with CloudServer(Cloud(clock=clock, seed=seed, heat_url=heat_url)) as server:
        trove = connect(server.auth_url, "trove", "service")
        token, project_id = trove.session.get_token(), trove.current_project_id
        yield Fronted(Mini(server.cloud, clock, server.url), api, heat, token, project_id)
        trove.close()
    heat.stop()
    thread.join()


def test_a_request_and_its_reply_are_forwarded_unchanged(fronted: Fronted) -> None:
    response = fronted.ask("PATCH", "/stacks/a%2Fb/%C3%B6?x=1&x=%202", data=b'{"a": 1}', headers={"X-Other": "me"})
    assert (response.status_code, response.headers["Content-Type"]) == (418, "text/x-teapot")
    assert response.headers["Location"] == "http://elsewhere/"
    shown = response.json()
    assert shown["method"] == "PATCH"
    assert shown["uri"] == f"/v1/{fronted.project_id}/stacks/a%2Fb/%C3%B6?x=1&x=%202"
    assert shown["body"] == '{"a": 1}'
    wanted = {"HTTP_X_AUTH_TOKEN": fronted.token, "HTTP_USER_AGENT": "tester/1", "HTTP_X_OTHER": "me"}
    assert wanted.items() <= shown["headers"].items()


def test_heat_receives_the_url_of_its_clients(fronted: Fronted) -> None:
    told = fronted.ask().json()["headers"]
    assert f"{told['HTTP_X_FORWARDED_PROTO']}://{told['HTTP_X_FORWARDED_HOST']}" == fronted.mini.url
    assert told["HTTP_X_FORWARDED_PREFIX"] == "/orchestration"


def test_the_catalog_has_orchestration_only_with_a_heat(fronted: Fronted, mini: Mini) -> None:
    def found(url: str) -> list[str]:
        trove = connect(f"{url}/identity/v3", "trove", "service")
        catalog = trove.session.auth.get_access(trove.session).service_catalog
        urls: list[str] = list(catalog.get_urls(service_type="orchestration", interface="public"))
        trove.close()
        return urls

    assert found(fronted.mini.url) == [fronted.url]
    assert found(mini.url) == []
    assert requests.get(f"{mini.url}/orchestration/v1", timeout=10).status_code == 404


def test_the_log_has_the_user_and_heats_request_id(fronted: Fronted) -> None:
    fronted.ask("POST", "/stacks/s/1/actions?x=1", json={"cancel_update": None})
    (entry,) = fronted.logged()
    wanted = {"method": "POST", "path": "/stacks/s/1/actions", "query": "x=1", "action": "cancel_update"}
    wanted |= {"status": 418, "user": "trove", "project_id": fronted.project_id, "user_agent": "tester/1"}
    assert (wanted | {"client": None, "request_id": "req-of-heat"}).items() <= entry.items()


def test_a_client_with_its_own_port_is_logged_by_name_and_reaches_every_service_there(fronted: Fronted) -> None:
    with CloudServer(fronted.mini.cloud, client="heat") as other:
        trove = connect(other.auth_url, "trove", "service")
        assert trove.network.get("/ports").status_code == 200
        trove.close()
    fronted.ask()
    by_client = {entry["service"]: entry["client"] for entry in fronted.mini.control("GET", "requests")["requests"]}
    assert by_client["network"] == "heat"
    assert by_client["orchestration"] is None


def test_heat_can_call_the_cloud_before_it_replies(api: Api, fronted: Fronted) -> None:
    api.ask_back = f"{fronted.mini.url}/identity/v3"
    assert fronted.ask().status_code == 418


def test_a_status_fault_has_heats_form_and_never_reaches_heat(fronted: Fronted) -> None:
    fault = {"kind": "status", "service": "orchestration", "method": "POST", "path": "/stacks", "status": 503}
    fronted.mini.control("POST", "faults", fault)
    response = fronted.ask("POST", json={})
    assert (response.status_code, response.json()["error"]["message"]) == (503, "fault 1 of the control API")
    assert fronted.api.asked == []
    assert fronted.ask("POST", json={}).status_code == 418


@pytest.mark.parametrize(("kind", "asked"), [("drop", []), ("lose_answer", ["POST"])])
def test_a_dropped_request_does_not_reach_heat_but_one_with_a_lost_reply_does(
    fronted: Fronted, kind: str, asked: list[str]
) -> None:
    fronted.mini.control("POST", "faults", {"kind": kind, "service": "orchestration", "contains": "one"})
    with pytest.raises(requests.ConnectionError):
        fronted.ask("POST", json={"stack_name": "one"})
    assert fronted.api.asked == asked


def test_a_hanging_request_is_closed_and_never_reaches_heat(fronted: Fronted) -> None:
    fronted.mini.control("POST", "faults", {"kind": "hang", "service": "orchestration"})
    failures: list[requests.ConnectionError] = []

    def ask() -> None:
        try:
            fronted.ask()
        except requests.ConnectionError as error:
            failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    deadline = time.monotonic() + 10
    while not fronted.mini.control("GET", "faults")["faults"][0]["met"]:
        assert time.monotonic() < deadline
    assert failures == []
    fronted.mini.control("DELETE", "faults")
    thread.join(10)
    assert (len(failures), fronted.api.asked) == (1, [])


def test_a_heat_that_closes_the_connection_or_does_not_listen_is_a_gateway_error(fronted: Fronted) -> None:
    fronted.api.hangs_up = True
    response = fronted.ask()
    assert (response.status_code, response.json()["code"]) == (502, 502)
    assert fronted.api.asked == ["GET"]
    fronted.heat.stop()
    assert fronted.ask().status_code == 503
    assert [entry["status"] for entry in fronted.logged()] == [502, 503]
