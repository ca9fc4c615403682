"""Somebody else decides on a resize or a migration, or changes the stack, while its guest is verified."""

import pytest
from orchestrator_kit import HeatBench
from orchestrator_operations import migrate, resize

from trove_lab.conformance import GuestSaysNoError, GuestStep
from trove_resources.errors import ResourceFailedError
from trove_resources.flows.events import Event
from trove_resources.orchestrator import move_state
from trove_resources.orchestrator.template import change

pytestmark = [pytest.mark.mini_only("looks into the cloud"), pytest.mark.xdist_group("orchestrator")]

VERIFY = "resize_flavor/guest/verify"
SIGNAL = "orchestration POST /stacks/*/*/resources/server/signal"


def confirm_by_hand(bench: HeatBench) -> None:
    """Confirm in Nova, and wait until Heat has noticed it."""
    (server,) = bench.ids()["servers"]
    bench.site.service.compute.confirm_server_resize(server)
    bench.until(lambda: bench.status == "UPDATE_COMPLETE")


def test_a_resize_confirmed_by_hand_is_resized_back_when_the_guest_is_unhealthy(instance: HeatBench) -> None:
    before = instance.picture()
    verify = GuestStep(VERIFY, lambda: confirm_by_hand(instance), fails=True).flow
    run = instance.attempt(resize(instance, verify=verify))
    assert isinstance(run.error, GuestSaysNoError), run.error
    assert not run.leftovers
    assert instance.picture() == before
    instance.check_well()


def test_a_resize_confirmed_by_hand_is_done_when_the_guest_is_healthy(instance: HeatBench) -> None:
    flavor = instance.flavor
    run = instance.attempt(resize(instance, verify=GuestStep(VERIFY, lambda: confirm_by_hand(instance)).flow))
    assert run.error is None
    assert run.announced == [("flavor_id", instance.flavor)]
    assert instance.flavor != flavor
    instance.check_well()


def test_a_resize_that_somebody_repeats_at_the_gate_is_undone_when_the_guest_is_unhealthy(bench: HeatBench) -> None:
    assert bench.provision(bench.example.spec()).error is None
    ids, flavor = bench.ids(), bench.flavor

    def repeat() -> None:
        first = move_state.move_of(bench.heat, bench.stack_ref)
        bench.heat.patch(bench.stack_ref, minutes=5, rollback=True)
        bench.until(lambda: move_state.move_of(bench.heat, bench.stack_ref).id != first.id)

    run = bench.attempt(resize(bench, verify=GuestStep(VERIFY, repeat, fails=True).flow))
    assert isinstance(run.error, GuestSaysNoError), run.error
    assert not run.leftovers
    assert (bench.flavor, bench.ids()) == (flavor, ids)
    bench.check_well()


def test_an_update_to_the_old_template_at_the_gate_is_not_taken_for_a_confirmation(bench: HeatBench) -> None:
    assert bench.provision(bench.example.spec()).error is None
    ids, flavor, former = bench.ids(), bench.flavor, bench.template
    run = bench.attempt(resize(bench, verify=GuestStep(VERIFY, lambda: bench.put(former)).flow))
    assert isinstance(run.error, ResourceFailedError), run.error
    assert run.announced == []
    assert (bench.flavor, bench.ids()) == (flavor, ids)
    bench.check_well()


def test_a_resize_to_a_third_flavor_at_the_gate_is_not_confirmed(bench: HeatBench) -> None:
    assert bench.provision(bench.example.spec()).error is None
    ids, flavor, former = bench.ids(), bench.flavor, bench.template
    third = bench.site.service.compute.create_flavor(name="third", vcpus=1, ram=2048, disk=5, id=None)

    def elsewhere() -> None:
        template = change.with_flavor(former, third.id, 60)
        bench.heat.patch(bench.stack_ref, minutes=5, rollback=True, template=template)
        bench.until(lambda: move_state.move_of(bench.heat, bench.stack_ref).goal == third.id)
        bench.until(lambda: move_state.move_of(bench.heat, bench.stack_ref).status == move_state.WAITING)

    try:
        run = bench.attempt(resize(bench, verify=GuestStep(VERIFY, elsewhere).flow))
    finally:
        bench.site.service.compute.delete_flavor(third.id)
    assert isinstance(run.error, ResourceFailedError), run.error
    assert third.id in run.error.fault
    assert run.announced == []
    assert (bench.flavor, bench.ids()) == (flavor, ids)
    bench.check_well()


def test_another_migration_is_not_taken_for_ours(instance: HeatBench) -> None:
    ids = instance.ids()

    def again() -> None:
        first = move_state.move_of(instance.heat, instance.stack_ref)
        instance.heat.signal(instance.stack_ref, "server", {"action": "revert"})
        instance.until(lambda: move_state.move_of(instance.heat, instance.stack_ref).status == move_state.REVERTED)
        instance.heat.signal(instance.stack_ref, "server", {"action": "migrate"})
        instance.until(lambda: move_state.move_of(instance.heat, instance.stack_ref).id != first.id)
        instance.until(lambda: move_state.move_of(instance.heat, instance.stack_ref).status == move_state.WAITING)
        instance.heat.signal(instance.stack_ref, "server", {"action": "confirm"})
        instance.until(lambda: move_state.move_of(instance.heat, instance.stack_ref).status == move_state.CONFIRMED)

    run = instance.attempt(migrate(instance, verify=GuestStep("migrate/guest/verify", again).flow))
    assert isinstance(run.error, ResourceFailedError), run.error
    assert "did not ask for" in run.error.fault
    assert instance.ids() == ids


@pytest.mark.parametrize("status", [403, 500])
def test_when_heat_refuses_to_revert_the_update_is_canceled(instance: HeatBench, status: int) -> None:
    before = instance.picture()
    instance.fault("status", SIGNAL, status=status, contains="revert", times=None)
    run = instance.attempt(resize(instance, verify=GuestStep(VERIFY, fails=True).flow))
    assert isinstance(run.error, GuestSaysNoError), run.error
    assert not run.leftovers
    assert instance.picture() == before
    instance.check_well()


def test_a_check_of_the_stack_during_an_update_is_named(bench: HeatBench) -> None:
    assert bench.provision(bench.example.spec()).error is None
    ids, flavor = bench.ids(), bench.flavor
    bench.slow(server_resize=3)

    def check(event: Event) -> None:
        if event.kind == "waiting" and "to have the flavor" in event.title:
            bench.site.service.orchestration.post(f"{bench.stack_ref.path}/actions", json={"check": None})

    run = bench.attempt(resize(bench), watch=check)
    assert isinstance(run.error, ResourceFailedError), run.error
    assert "somebody requested a check of it" in run.error.fault
    assert (run.leftovers, bench.flavor, bench.ids()) == ([], flavor, ids)
    bench.check_well()
