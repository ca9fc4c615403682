"""Deleting a stack in any state, and with resources that the cloud does not delete."""

import pytest
from orchestrator_kit import HeatBench
from orchestrator_operations import resize

from trove_resources.errors import LeftoversError
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator import move_state
from trove_resources.orchestrator.template import change

pytestmark = [pytest.mark.mini_only("faults"), pytest.mark.xdist_group("orchestrator")]

REFUSING = {
    ResourceKind.SERVER: "compute DELETE /servers/*",
    ResourceKind.DATA_VOLUME: "volume DELETE /volumes/*",
    ResourceKind.USER_PORT: "network DELETE /ports/*",
    ResourceKind.SECURITY_GROUP: "network DELETE /security-groups/*",
}


@pytest.mark.parametrize("kind", [ResourceKind.SERVER, ResourceKind.USER_PORT], ids=str)
def test_a_deletion_that_fails_once_is_retried(bench: HeatBench, kind: ResourceKind) -> None:
    bench.provision(bench.example.spec())
    bench.fault("status", REFUSING[kind])
    assert bench.delete().error is None
    bench.check_nothing_is_left()


@pytest.mark.parametrize("kind", [ResourceKind.SERVER, ResourceKind.DATA_VOLUME, ResourceKind.SECURITY_GROUP], ids=str)
def test_a_resource_that_cannot_be_deleted_is_named_and_deleted_by_the_next_delete(
    bench: HeatBench, kind: ResourceKind
) -> None:
    bench.provision(bench.example.spec())
    bench.fault("status", REFUSING[kind], times=None)
    run = bench.delete()
    assert isinstance(run.error, LeftoversError), run.error
    reasons = {each.kind: each for each in run.error.leftovers}
    assert kind in reasons
    assert reasons[kind].resource_id in str(bench.held())
    bench.heal()
    assert bench.delete().error is None
    bench.check_nothing_is_left()


def test_a_volume_with_snapshots_stays_with_its_stack_until_the_last_is_deleted(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    (volume,) = bench.ids()["volumes"]
    cinder = bench.site.service.block_storage
    snapshot = cinder.create_snapshot(volume_id=volume, is_forced=True)
    bench.until(lambda: cinder.get_snapshot(snapshot.id).status == "available")
    assert bench.delete().error is None
    assert set(bench.held()) == {"volumes", "snapshots"}
    assert bench.status == "DELETE_FAILED"
    cinder.delete_snapshot(snapshot.id)
    cinder.wait_for_delete(snapshot, interval=0.1)
    assert bench.delete().error is None
    bench.check_nothing_is_left()


def test_deletions_in_progress_when_the_retained_volume_fails_are_finished(bench: HeatBench) -> None:
    """The stack is FAILED at once. The group waits for the ports, which a real Neutron deletes slowly."""
    bench.provision(bench.example.spec())
    (volume,) = bench.ids()["volumes"]
    snapshot = bench.site.service.block_storage.create_snapshot(volume_id=volume, is_forced=True)
    bench.until(lambda: bench.site.service.block_storage.get_snapshot(snapshot.id).status == "available")
    for path in ("/ports/*", "/security-groups/*"):
        bench.fault("delay", f"network DELETE {path}", seconds=3, times=None)
    assert bench.delete().error is None
    assert set(bench.held()) == {"volumes", "snapshots"}
    bench.heal()
    bench.site.service.block_storage.delete_snapshot(snapshot.id)
    bench.site.service.block_storage.wait_for_delete(snapshot, interval=0.1)
    assert bench.delete().error is None
    bench.check_nothing_is_left()


@pytest.mark.parametrize("seconds", [0, 3], ids=["at the gate", "on its way"])
def test_a_server_is_deleted_during_a_resize(bench: HeatBench, seconds: float) -> None:
    bench.provision(bench.example.bare_spec())
    bench.slow(server_resize=seconds)
    template = change.with_flavor(bench.template, bench.site.other_flavor_id, 600)
    bench.heat.patch(bench.stack_ref, minutes=5, rollback=True, template=template)
    wanted = move_state.MOVING if seconds else move_state.WAITING
    bench.until(lambda: move_state.move_of(bench.heat, bench.stack_ref).status == wanted)
    assert bench.delete().error is None
    bench.check_nothing_is_left()


def test_a_stack_is_deleted_while_it_is_created(bench: HeatBench) -> None:
    bench.slow(server_build=600)
    bench.configure(server_seconds=1, volume_seconds=0, delete_seconds=1)
    run = bench.provision(bench.example.bare_spec())
    assert run.error is not None
    bench.configure(delete_seconds=40)
    assert bench.delete().error is None
    bench.check_nothing_is_left()


def test_a_delete_that_times_out_names_what_is_left_and_the_next_one_goes_on(bench: HeatBench) -> None:
    bench.provision(bench.example.bare_spec())
    bench.configure(delete_seconds=3)
    bench.slow(server_delete=9)
    run = bench.delete()
    assert isinstance(run.error, LeftoversError), run.error
    (left,) = run.error.leftovers
    assert "not done: server" in left.reason
    bench.configure(delete_seconds=40)
    assert bench.delete().error is None
    bench.check_nothing_is_left()


def test_an_instance_without_a_stack_is_deleted(bench: HeatBench) -> None:
    assert bench.delete().error is None


def test_a_resize_of_a_deleted_instance_says_so(bench: HeatBench) -> None:
    bench.provision(bench.example.bare_spec())
    flow = resize(bench)
    assert bench.delete().error is None
    assert "is not found: it was deleted" in str(bench.attempt(flow).error)
