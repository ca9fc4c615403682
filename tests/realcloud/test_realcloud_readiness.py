"""When a service counts as up: what it reports itself, and what the broker says of who listens."""

import socket
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from keystoneauth1.session import Session
from realcloud.broker import Broker
from realcloud.machine import parse
from realcloud.ready import Looker

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BEFORE, AFTER = "2026-11-23T11:59:00.000000", "2026-11-23T12:00:05.000000"


class Reports:
    """Stands for a session: what the services report, all up and reported just now."""

    def __init__(self) -> None:
        nova = (("nova-conductor", "c"), ("nova-scheduler", "c"), ("nova-compute", "compute1"))
        self.compute = [self._row(*each) for each in (*nova, ("nova-compute", "compute2"))]
        self.volume = [self._row("cinder-scheduler", "c"), self._row("cinder-volume", "c@fake")]
        self.heat: list[dict[str, Any]] = [{"status": "up", "updated_at": AFTER, "created_at": BEFORE}]
        self.dns: list[dict[str, Any]] = [
            {"service_name": name, "status": "UP", "heartbeated_at": AFTER}
            for name in ("central", "mdns", "producer", "worker")
        ]

    def get(self, path: str, *, endpoint_filter: Mapping[str, str]) -> "Answer":
        del path
        answers: Mapping[str, Mapping[str, Any]] = {
            "compute": {"services": self.compute},
            "block-storage": {"services": self.volume},
            "orchestration": {"services": self.heat},
            "dns": {"service_statuses": self.dns},
        }
        return Answer(answers.get(endpoint_filter["service_type"], {}))

    @staticmethod
    def _row(binary: str, host: str) -> dict[str, Any]:
        return {"binary": binary, "host": host, "state": "up", "updated_at": AFTER}


class Answer:
    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body

    def json(self) -> Mapping[str, Any]:
        return self._body


@pytest.fixture
def reports() -> Reports:
    return Reports()


def _missing(reports: Reports, *started: str) -> list[str]:
    return Looker(cast(Session, reports), NOW, started).missing()


def test_nothing_is_missing_when_all_have_reported(reports: Reports) -> None:
    assert _missing(reports, "nova-compute1", "nova-scheduler", "cinder-volume", "heat-engine", "designate-mdns") == []


def test_a_service_that_says_it_is_down_is_missing(reports: Reports) -> None:
    reports.compute[3]["state"] = "down"
    reports.volume[0]["state"] = "down"
    reports.heat[0]["status"] = "down"
    reports.dns[1]["status"] = "DOWN"
    assert _missing(reports) == ["nova-compute2", "cinder-scheduler", "heat-engine", "designate-mdns"]


def test_an_old_report_of_a_service_just_started_is_one_of_an_earlier_start(reports: Reports) -> None:
    for rows in (reports.compute, reports.volume, reports.heat):
        for row in rows:
            row["updated_at"] = BEFORE
    reports.dns[0]["heartbeated_at"] = None
    started = ("nova-compute1", "cinder-volume", "heat-engine")
    assert _missing(reports, *started) == ["nova-compute1", "cinder-volume", "heat-engine", "designate-central"]


def test_an_engine_that_has_reported_once_counts_by_when_it_came(reports: Reports) -> None:
    reports.heat.append({"status": "up", "updated_at": None, "created_at": AFTER})
    reports.heat[0]["updated_at"] = BEFORE
    assert _missing(reports, "heat-engine") == []


def test_without_a_broker_nobody_listens() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert not Broker(closed.getsockname()[1]).consumes("engine.realcloud")


@pytest.fixture
def speechless() -> Iterator[socket.socket]:
    """A server that takes a connection and ends it: as a broker does that is about to end."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_hang_up, args=[server], daemon=True).start()
        yield server


def _hang_up(server: socket.socket) -> None:
    for _ in range(2):
        server.accept()[0].close()


def test_a_broker_that_hangs_up_is_asked_again_later(speechless: socket.socket) -> None:
    broker = Broker(speechless.getsockname()[1])
    assert not broker.consumes("engine.realcloud")
    assert not broker.consumes("engine.realcloud")


def test_a_broker_that_does_not_answer_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not Broker(server.getsockname()[1], seconds=0.1).consumes("engine.realcloud")


@pytest.mark.parametrize(
    ("address", "is_exposed"),
    [("127.0.0.1", False), ("127.0.0.2", False), ("[::1]", False), ("127.0.0.53%lo", False)]
    + [(address, True) for address in ("0.0.0.0", "*", "[::]", "10.1.2.3", "[fe80::1]%eth0")],  # noqa: S104 - looked for
)
def test_who_listens_elsewhere_than_on_the_loopback_interface_is_told(address: str, is_exposed: bool) -> None:
    said = f'LISTEN 0 100 {address}:25000 0.0.0.0:* users:(("python",pid=7927,fd=4),("beam.smp",pid=8,fd=1))\n'
    found = list(parse(said))
    assert [(each.program, each.pid, each.port) for each in found] == [("python", 7927, 25000), ("beam.smp", 8, 25000)]
    assert {each.is_exposed for each in found} == {is_exposed}
