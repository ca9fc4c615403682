"""A cloud to test, clients for its users, and a way to wait for it."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from openstack.connection import Connection

from trove_lab.cloud.clock import ManualClock
from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.seed import PASSWORD, seed
from trove_lab.cloud.server import CloudServer


@dataclass
class Clouds:
    """The same cloud for four users: ``clouds.demo.network.ports()``.

    ``admin`` administers the cloud. ``demo`` and ``alt`` are ordinary projects. ``service`` is Trove's user.
    """

    admin: Connection
    demo: Connection
    alt: Connection
    service: Connection

    @staticmethod
    def until(observe: Callable[[], Any], wanted: Callable[[Any], bool], *, seconds: float = 60) -> Any:
        """Observe until ``wanted`` is true of what is seen; fail after ``seconds``. minicloud needs one look only."""
        deadline = time.monotonic() + seconds
        while not wanted(seen := observe()):
            assert time.monotonic() < deadline, f"still {seen!r} after {seconds} s"
            time.sleep(0.2)
        return seen


@dataclass
class Mini:
    """minicloud from inside. Its clock stands still until a test advances it."""

    cloud: Cloud
    clock: ManualClock
    url: str

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API: ``mini.control("POST", "durations", {"server.build": 15})``."""
        response = requests.request(method, f"{self.url}/_control/{path}", json=body, timeout=30)
        response.raise_for_status()
        return response.json() if response.content else None

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        self.clock.advance(seconds)
        self.cloud.changed()


@pytest.fixture(scope="session")
def _server() -> Iterator[CloudServer]:
    with CloudServer(Cloud(clock=ManualClock(), seed=seed)) as server:
        yield server


@pytest.fixture
def mini(_server: CloudServer) -> Mini:
    """The emulated cloud in the state after its seed."""
    _server.cloud.reset()
    clock = _server.cloud.clock
    assert isinstance(clock, ManualClock)
    return Mini(_server.cloud, clock, _server.url)


def connect(auth_url: str, user: str, project: str) -> Connection:
    """Return a connection for a user of minicloud."""
    return Connection(
        auth={
            "auth_url": auth_url,
            "username": user,
            "password": PASSWORD,
            "project_name": project,
            "user_domain_id": "default",
            "project_domain_id": "default",
        },
        region_name="RegionOne",
        identity_api_version="3",
    )


@pytest.fixture(scope="session")
def _connections(request: pytest.FixtureRequest, real_cloud: Mapping[str, Connection]) -> Clouds:
    """Connections survive a reset, because the seed recreates the same users."""
    if real_cloud:
        return Clouds(**real_cloud)
    auth_url = request.getfixturevalue("_server").auth_url
    return Clouds(
        admin=connect(auth_url, "admin", "admin"),
        demo=connect(auth_url, "demo", "demo"),
        alt=connect(auth_url, "alt", "alt"),
        service=connect(auth_url, "trove", "service"),
    )


@pytest.fixture
def clouds(request: pytest.FixtureRequest, _connections: Clouds) -> Clouds:
    """The cloud under test. minicloud is in the state after its seed."""
    if request.config.getoption("--cloud") == "mini":
        request.getfixturevalue("mini")
        for each in (_connections.admin, _connections.demo, _connections.alt, _connections.service):
            each.session.invalidate()
            each.session.get_token()
    return _connections
