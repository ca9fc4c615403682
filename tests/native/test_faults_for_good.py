"""A call fails permanently: what was done is undone, or reported as left. The original cause is reported."""

from collections import Counter

import pytest

from native.bench import Call, FaultBench
from native.state import kinds_of
from trove_resources.errors import CloudError, DeadlineExceededError, LeftoversError, TransientError

pytestmark = pytest.mark.mini_only("faults are injected")

KINDS = {
    "servers": "server",
    "volumes": "volume",
    "ports": "port",
    "security_groups": "security group",
    "security_group_rules": "security group",
    "floating_ips": "floating IP",
    "recordsets": "DNS record",
}
"""Kinds of resources in minicloud's inventory, as leftovers name them."""
ANNOUNCED = {"server": "server_id", "volume": "volume_id", "DNS record": "hostname"}
"""The names under which the ids of leftovers stay in the row."""


def test_provision_reports_what_failed_and_what_is_left(bench: FaultBench, provision_first: Call) -> None:
    bench.fault(provision_first.fault("status", times=None))
    run = bench.provision()
    assert isinstance(run.error, (TransientError, DeadlineExceededError))
    assert "answered 500" in str(run.error)
    assert _first_failure(run.events) == str(run.error)
    assert _kinds(bench) <= kinds_of(run.leftovers)
    left = kinds_of(run.leftovers)
    assert {name for name, value in run.results.items() if value} <= {
        name for kind, name in ANNOUNCED.items() if kind in left
    }
    bench.heal()
    assert bench.delete().error is None
    assert not bench.held()


def test_delete_continues_after_a_failure_and_its_repetition_completes(
    provisioned: FaultBench, delete_first: Call
) -> None:
    before = Counter(provisioned.held())
    provisioned.fault(delete_first.fault("status", times=None))
    run = provisioned.delete()
    assert isinstance(run.error, LeftoversError)
    assert list(run.error.leftovers) == run.leftovers
    assert any("500" in each.reason for each in run.leftovers)
    assert _kinds(provisioned) <= kinds_of(run.leftovers)
    assert len(provisioned.held()) < len(before)
    provisioned.heal()
    assert provisioned.delete().error is None
    assert not provisioned.held()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/v2.0/ports/*", "a port still uses the security group"),
        ("/v2.0/floatingips/*", "a floating IP without its port is found by its description"),
        ("/volumes/*", "the volume held data"),
        ("/servers/*", "the volumes are attached to the server"),
        ("/zones/*/recordsets/*", "a DNS record"),
    ],
)
def test_only_what_cannot_be_deleted_is_left(provisioned: FaultBench, path: str, reason: str) -> None:
    path = path.removeprefix("/v2.0")
    provisioned.fault({"kind": "status", "status": 403, "method": "DELETE", "path": path, "times": None})
    run = provisioned.delete()
    left = {
        "/ports/*": {"ports", "security_groups", "security_group_rules"},
        "/floatingips/*": {"floating_ips"},
        "/volumes/*": {"volumes"},
        "/servers/*": {"servers", "volumes"},
        "/zones/*/recordsets/*": {"recordsets"},
    }
    assert set(provisioned.held()) == left[path], reason
    assert isinstance(run.error, LeftoversError)
    provisioned.heal()
    assert provisioned.delete().error is None
    assert not provisioned.held()


def test_a_failed_undo_does_not_hide_the_original_error(bench: FaultBench) -> None:
    bench.fault({"kind": "error_later", "service": "compute", "method": "POST", "path": "/servers"})
    bench.fault({"kind": "status", "method": "DELETE", "path": "/ports/*", "times": None})
    run = bench.provision()
    assert "server" in str(run.error)
    assert kinds_of(run.leftovers) == {"port", "security group"}
    assert all(isinstance(each.reason, str) and each.reason for each in run.leftovers)
    assert set(bench.held()) == {"ports", "security_groups", "security_group_rules"}


def test_the_leftovers_of_an_undo_stay_in_the_row(bench: FaultBench) -> None:
    bench.fault({"kind": "status", "service": "dns", "method": "POST", "path": "/zones/*/recordsets", "times": None})
    bench.fault({"kind": "status", "method": "DELETE", "path": "/servers/*", "times": None})
    run = bench.provision()
    (server,) = bench.held()["servers"]
    assert run.results["server_id"] == server["id"]
    assert "Designate" in str(run.error)


def test_a_failure_names_service_request_status_and_request_id(bench: FaultBench) -> None:
    bench.fault({"kind": "status", "status": 403, "service": "network", "method": "POST", "path": "/ports"})
    run = bench.provision()
    assert isinstance(run.error, CloudError)
    (refused,) = [entry for entry in bench.cloud.request_log if entry.status == 403]
    assert run.error.request_id == refused.request_id
    for part in ("Neutron", "POST /v2.0/ports", "403", refused.request_id):
        assert part in str(run.error)


def _kinds(bench: FaultBench) -> set[str]:
    return {KINDS[kind] for kind in bench.held()}


def _first_failure(events: list) -> str:  # type: ignore[type-arg]
    return next(event.detail for event in events if event.kind == "failed")
