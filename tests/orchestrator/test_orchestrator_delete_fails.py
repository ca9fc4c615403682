"""A delete from wherever the stack stands, and of what the cloud does not let go."""

import pytest
from orchestrator_kit import HeatBench
from orchestrator_operations import resize

from trove_resources.errors import LeftoversError
from trove_resources.orchestrator import move_state
from trove_resources.orchestrator.template import change

pytestmark = [pytest.mark.mini_only("faults"), pytest.mark.xdist_group("orchestrator")]

REFUSING = {
    "server": "compute DELETE /servers/*",
    "data volume": "volume DELETE /volumes/*",
    "user port": "network DELETE /ports/*",
    "security group": "network DELETE /security-groups/*",
}


@pytest.mark.parametrize("kind", ["server", "user port"])
def test_what_fails_once_is_tried_again(bench: HeatBench, kind: str) -> None:
    bench.provision(bench.example.spec())
    bench.fault("status", REFUSING[kind])
    assert bench.delete().error is None
    bench.check_nothing_is_left()


@pytest.mark.parametrize("kind", ["server", "data volume", "security group"])
def test_what_fails_for_good_is_named_and_goes_with_the_next_delete(bench: HeatBench, kind: str) -> None:
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


def test_a_volume_with_snapshots_stays_with_its_stack_and_goes_with_the_last(bench: HeatBench) -> None:
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


def test_what_is_still_going_when_heat_gives_the_kept_volume_up_goes(bench: HeatBench) -> None:
    """The stack is FAILED at once; behind the ports, which a real Neutron takes its time for, is the group."""
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
def test_a_server_that_is_resized_is_deleted(bench: HeatBench, seconds: float) -> None:
    bench.provision(bench.example.bare_spec())
    bench.slow(server_resize=seconds)
    template = change.with_flavor(bench.template, bench.site.other_flavor_id, 600)
    bench.heat.patch(bench.stack_ref, minutes=5, rollback=True, template=template)
    wanted = move_state.MOVING if seconds else move_state.WAITING
    bench.until(lambda: move_state.move_of(bench.heat, bench.stack_ref).status == wanted)
    assert bench.delete().error is None
    bench.check_nothing_is_left()


def test_a_stack_that_is_created_is_deleted(bench: HeatBench) -> None:
    bench.slow(server_build=600)
    bench.configure(server_seconds=1, volume_seconds=0, delete_seconds=1)
    run = bench.provision(bench.example.bare_spec())
    assert run.error is not None
    bench.configure(delete_seconds=40)
    assert bench.delete().error is None
    bench.check_nothing_is_left()


def test_a_delete_that_heat_does_not_end_in_time_says_what_is_left_and_goes_on_with_the_next(bench: HeatBench) -> None:
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


def test_a_resize_of_an_instance_that_is_deleted_meanwhile_says_so(bench: HeatBench) -> None:
    bench.provision(bench.example.bare_spec())
    flow = resize(bench)
    assert bench.delete().error is None
    assert "gone" in str(bench.attempt(flow).error)
