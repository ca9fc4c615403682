"""Whether services are up, according to their own reports and to the consumers of their queues."""

import socket
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from keystoneauth1.session import Session
from realcloud.broker import Broker
from realcloud.machine import parse_ss
from realcloud.readiness import Readiness

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BEFORE, AFTER = "2026-11-23T11:59:00.000000", "2026-11-23T12:00:05.000000"


class Reports:
    """A session whose services all report that they are up now."""

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
    return Readiness(cast(Session, reports), NOW, started).missing()


def test_nothing_is_missing_if_all_have_reported(reports: Reports) -> None:
    assert _missing(reports, "nova-compute1", "nova-scheduler", "cinder-volume", "heat-engine", "designate-mdns") == []


def test_a_service_that_reports_down_is_missing(reports: Reports) -> None:
    reports.compute[3]["state"] = "down"
    reports.volume[0]["state"] = "down"
    reports.heat[0]["status"] = "down"
    reports.dns[1]["status"] = "DOWN"
    assert _missing(reports) == ["nova-compute2", "cinder-scheduler", "heat-engine", "designate-mdns"]


def test_an_old_report_of_a_restarted_service_does_not_count(reports: Reports) -> None:
    for rows in (reports.compute, reports.volume, reports.heat):
        for row in rows:
            row["updated_at"] = BEFORE
    reports.dns[0]["heartbeated_at"] = None
    started = ("nova-compute1", "cinder-volume", "heat-engine")
    assert _missing(reports, *started) == ["nova-compute1", "cinder-volume", "heat-engine", "designate-central"]


def test_the_first_report_of_an_engine_counts_by_its_creation_time(reports: Reports) -> None:
    reports.heat.append({"status": "up", "updated_at": None, "created_at": AFTER})
    reports.heat[0]["updated_at"] = BEFORE
    assert _missing(reports, "heat-engine") == []


def test_without_a_broker_there_is_no_consumer() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert not Broker(closed.getsockname()[1]).has_consumer("engine.realcloud")


@pytest.fixture
def hanging_up() -> Iterator[socket.socket]:
    """A server that accepts connections and closes them, like a broker that is shutting down."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_hang_up, args=[server], daemon=True).start()
        yield server


def _hang_up(server: socket.socket) -> None:
    for _ in range(2):
        server.accept()[0].close()


def test_a_broker_that_closes_connections_has_no_consumer(hanging_up: socket.socket) -> None:
    broker = Broker(hanging_up.getsockname()[1])
    assert not broker.has_consumer("engine.realcloud")
    assert not broker.has_consumer("engine.realcloud")


def test_a_broker_that_does_not_respond_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not Broker(server.getsockname()[1], timeout=0.1).has_consumer("engine.realcloud")


@pytest.mark.parametrize(
    ("address", "is_exposed"),
    [("127.0.0.1", False), ("127.0.0.2", False), ("[::1]", False), ("127.0.0.53%lo", False)]
    + [(address, True) for address in ("0.0.0.0", "*", "[::]", "10.1.2.3", "[fe80::1]%eth0")],  # noqa: S104 - looked for
)
def test_listeners_on_other_interfaces_than_loopback_are_exposed(address: str, is_exposed: bool) -> None:
    output = f'LISTEN 0 100 {address}:25000 0.0.0.0:* users:(("python",pid=7927,fd=4),("beam.smp",pid=8,fd=1))\n'
    found = list(parse_ss(output))
    assert [(each.program, each.pid, each.port) for each in found] == [("python", 7927, 25000), ("beam.smp", 8, 25000)]
    assert {each.is_exposed for each in found} == {is_exposed}
