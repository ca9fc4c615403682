"""A failed operation undoes its changes, or reports what remains changed. The original cause is reported."""

from collections import Counter
from dataclasses import replace

import pytest

from native.bench import Call
from native.operations import Saves, around, ref_of, run
from native.state import actions_of, check_every_change_is_reported, state_of
from trove_resources.errors import CloudError, DeadlineExceededError, QuotaExceededError, ResourceFailedError
from trove_resources.kinds import ResourceKind

pytestmark = pytest.mark.mini_only("faults are injected")


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_rejected_call_is_reported_and_nothing_changes(
    saves: Saves, change: str, mutating_call: Call, status: int
) -> None:
    bench = saves.bench(change)
    before = state_of(bench)
    bench.fault(mutating_call.fault("status", status=status, times=None))
    done = run(bench, change)
    if done.error is None:
        # What cannot be changed while the volume is in use is done around a detach.
        assert (change, mutating_call.path) == ("resize_volume", "/volumes/*/action")
    else:
        assert isinstance(done.error, CloudError)
        assert done.error.status == status
    check_every_change_is_reported(bench, before, done)


def test_after_any_permanent_failure_every_change_is_reported(saves: Saves, change: str, call: Call) -> None:
    bench = saves.bench(change)
    before = state_of(bench)
    bench.fault(call.fault("status", times=None))
    done = run(bench, change)
    assert isinstance(done.error, CloudError | DeadlineExceededError)
    assert "answered 500" in str(done.error)
    check_every_change_is_reported(bench, before, done)
    bench.heal()
    assert bench.delete().error is None
    assert not bench.held()


@pytest.mark.parametrize(
    ("name", "contains", "path"),
    [
        ("resize_flavor", '"resize"', "/servers/*/action"),
        ("resize_flavor", "confirmResize", "/servers/*/action"),
        ("resize_volume", "os-extend", "/volumes/*/action"),
        ("resize_volume_detached", "", "/servers/*/os-volume_attachments/*"),
        ("resize_volume_detached", "os-extend", "/volumes/*/action"),
        ("resize_volume_detached", "", "/servers/*/os-volume_attachments"),
        ("reboot", "reboot", "/servers/*/action"),
        ("migrate", '"migrate"', "/servers/*/action"),
        ("migrate", "confirmResize", "/servers/*/action"),
    ],
)
@pytest.mark.parametrize("seconds", [0.0, 5.0])
def test_an_accepted_request_that_fails_later_is_undone(
    saves: Saves, name: str, contains: str, path: str, seconds: float
) -> None:
    bench = saves.bench(name)
    before = state_of(bench)
    bench.cloud.transitions.durations.update(dict.fromkeys(bench.cloud.transitions.durations, seconds))
    bench.fault({"kind": "error_later", "contains": contains, "path": path})
    began = bench.clock.now()
    done = run(bench, name)
    assert isinstance(done.error, ResourceFailedError)
    assert not done.leftovers
    check_every_change_is_reported(bench, before, done)
    # The failure is noticed before the deadline.
    assert bench.clock.now() - began < 10 * (seconds + 1)


def test_a_rebuild_that_fails_later_is_reported(saves: Saves) -> None:
    bench = saves.bench("rebuild")
    before = state_of(bench)
    bench.fault({"kind": "error_later", "contains": "rebuild"})
    done = run(bench, "rebuild")
    assert isinstance(done.error, ResourceFailedError)
    assert [each.kind for each in done.leftovers] == [ResourceKind.SERVER]
    assert "ERROR" in done.leftovers[0].reason
    check_every_change_is_reported(bench, before, done)
    bench.heal()
    assert run(bench, "rebuild").error is None
    assert state_of(bench) == before


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_rejected_rebuild_changes_nothing(saves: Saves, status: int) -> None:
    bench = saves.bench("rebuild")
    before = state_of(bench)
    bench.fault({"kind": "status", "status": status, "contains": "rebuild", "times": None})
    done = run(bench, "rebuild")
    assert isinstance(done.error, CloudError)
    assert (state_of(bench), done.leftovers) == (before, [])


def test_a_volume_that_cannot_be_reset_is_reported_as_left(saves: Saves) -> None:
    bench = saves.bench("resize_volume")
    bench.fault({"kind": "error_later", "contains": "os-extend"})
    bench.fault({"kind": "status", "status": 403, "contains": "os-reset_status", "times": None})
    done = run(bench, "resize_volume")
    assert "error_extending" in str(done.error)
    (left,) = done.leftovers
    assert (left.kind, left.resource_id) == (ResourceKind.DATA_VOLUME, ref_of(bench).volume_id)
    assert "403" in left.reason
    bench.heal()
    again = run(bench, "resize_volume")
    assert "it must be in-use or available" in str(again.error)
    assert run(bench, "resize_volume").error is None


def test_a_volume_that_cannot_be_attached_again_is_reported_as_left(saves: Saves) -> None:
    bench = saves.bench("resize_volume_detached")
    bench.fault({"kind": "error_later", "path": "/servers/*/os-volume_attachments", "times": None})
    done = run(bench, "resize_volume_detached")
    assert isinstance(done.error, ResourceFailedError)
    assert done.results == {"volume_size": "3"}
    assert [(each.kind, each.resource_id) for each in done.leftovers] == [
        (ResourceKind.DATA_VOLUME, ref_of(bench).volume_id)
    ]
    bench.heal()
    assert run(bench, "resize_volume_detached").error is None
    assert next(row["status"] for row in bench.held()["volumes"] if row["size"] == 3) == "in-use"


def test_an_exceeded_quota_is_reported_and_the_volume_stays_attached(saves: Saves) -> None:
    bench = saves.bench("resize_volume")
    before, actions = state_of(bench), actions_of(bench)
    project = bench.cloud.identity.projects.where(name="service")[0].id
    bench.cloud.volume.quotas[project] = {**bench.cloud.volume.quotas.get(project, {}), "gigabytes": 6}
    done = run(bench, "resize_volume")
    assert isinstance(done.error, QuotaExceededError)
    assert (state_of(bench), actions_of(bench), done.leftovers) == (before, actions, [])


def test_a_guest_that_fails_after_the_extension_leaves_the_volume_attached(saves: Saves) -> None:
    bench = saves.bench("resize_volume_detached")
    before = state_of(bench)
    flow = bench.manager.resize_volume(ref_of(bench), 3, around(fails="after"))
    done = run(bench, "resize_volume_detached", flow=flow)
    assert not done.leftovers
    assert state_of(bench) == replace(before, size=3)
    assert actions_of(bench) - Counter({"create": 1, "extend_volume": 1}) == Counter(
        {"detach_volume": 1, "attach_volume": 1}
    )


def test_two_groups_of_one_name_are_an_error_and_stay_unchanged(saves: Saves) -> None:
    bench = saves.bench("close")
    name = bench.held()["security_groups"][0]["name"]
    bench.site.service.network.create_security_group(name=name)
    before = state_of(bench)
    done = run(bench, "close")
    assert "has 2 resources of kind security group" in str(done.error)
    assert (state_of(bench), done.leftovers) == (before, [])


def test_an_undo_keeps_the_rule_that_an_operator_created_before(saves: Saves) -> None:
    bench = saves.bench("close")
    group = bench.held()["security_groups"][0]["id"]
    bench.site.service.network.create_security_group_rule(
        security_group_id=group,
        direction="ingress",
        ethertype="IPv4",
        protocol="tcp",
        port_range_min=3306,
        port_range_max=3306,
        remote_ip_prefix="198.51.100.0/24",
    )
    before = state_of(bench)
    bench.fault({"kind": "status", "status": 403, "method": "DELETE", "path": "/floatingips/*", "times": None})
    done = run(bench, "close")
    assert isinstance(done.error, CloudError)
    assert (state_of(bench), done.leftovers) == (before, [])
