"""heat-engine is killed during an update or a delete: the next operation succeeds, or its error says what to do."""

import threading
from datetime import datetime, timedelta

import pytest
from orchestrator_kit import HeatBench
from orchestrator_operations import SIZE, extend, resize

from trove_lab.conformance import GuestSaysNoError, GuestStep
from trove_resources.contract import Reconciled, Reconciler
from trove_resources.errors import ResourceFailedError
from trove_resources.orchestrator import move_state
from trove_resources.orchestrator.template import change

pytestmark = [pytest.mark.mini_only("kills its Heat"), pytest.mark.xdist_group("orchestrator")]


def test_a_resize_is_still_confirmed_and_its_stack_is_complete(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    ids = bench.ids()
    bench.configure(move_seconds=10)
    verify = GuestStep("resize_flavor/guest/verify", bench.heat_cloud.kill_heat)
    run = bench.attempt(resize(bench, verify=verify.flow))
    assert run.announced == [("flavor_id", bench.site.other_flavor_id)], run.error
    assert (run.error, run.leftovers) == (None, [])
    assert (bench.flavor, bench.ids()) == (bench.site.other_flavor_id, ids)
    bench.check_well()


def test_an_orphaned_resize_is_reported_with_what_to_do_and_reverted_after_its_deadline(
    bench: HeatBench,
) -> None:
    bench.provision(bench.example.spec())
    ids, flavor = bench.ids(), bench.flavor
    template = change.with_flavor(bench.template, bench.site.other_flavor_id, 60)
    bench.heat.patch(bench.stack_ref, minutes=5, rollback=True, template=template)
    bench.until(lambda: move_state.move_of(bench.heat, bench.stack_ref).status == move_state.WAITING)
    bench.heat_cloud.kill_heat()
    run = bench.attempt(extend(bench))
    assert isinstance(run.error, ResourceFailedError)
    assert f"openstack stack cancel {bench.name}" in run.error.fault
    assert isinstance(bench.manager, Reconciler)
    deadline = datetime.fromisoformat(move_state.move_of(bench.heat, bench.stack_ref).deadline)
    assert bench.manager.reconcile(bench.ref, deadline) is None
    assert not bench.manager.end_orphaned(deadline)
    assert bench.manager.end_orphaned(deadline + timedelta(minutes=1)) == [bench.name]
    bench.until(lambda: bench.status == "ROLLBACK_COMPLETE")
    reconciled = bench.manager.reconcile(bench.ref, deadline)
    assert reconciled == Reconciled(flavor_id=flavor, volume_size=1)
    assert (bench.flavor, bench.ids()) == (flavor, ids)
    assert bench.attempt(extend(bench)).announced == [("volume_size", str(SIZE))]
    bench.check_well()


def test_an_orphaned_resize_that_was_confirmed_is_never_reverted(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    ids = bench.ids()
    template = change.with_flavor(bench.template, bench.site.other_flavor_id, 60)
    bench.heat.patch(bench.stack_ref, minutes=5, rollback=True, template=template)
    bench.until(lambda: move_state.move_of(bench.heat, bench.stack_ref).status == move_state.WAITING)
    bench.heat_cloud.kill_heat()
    bench.site.service.compute.confirm_server_resize(bench.row["server_id"])
    bench.until(lambda: move_state.move_of(bench.heat, bench.stack_ref).server_status == "ACTIVE")
    deadline = datetime.fromisoformat(move_state.move_of(bench.heat, bench.stack_ref).deadline)
    assert bench.manager.end_orphaned(deadline + timedelta(minutes=1)) == [bench.name]
    bench.until(lambda: bench.status == "UPDATE_FAILED")
    run = bench.attempt(extend(bench))
    assert run.announced == [("volume_size", str(SIZE))], run.error
    assert (bench.flavor, bench.ids()) == (bench.site.other_flavor_id, ids)
    bench.check_well()


def test_an_unhealthy_guest_still_gets_its_old_flavor_back(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    ids, flavor = bench.ids(), bench.flavor
    bench.configure(revert_seconds=8)
    verify = GuestStep("resize_flavor/guest/verify", bench.heat_cloud.kill_heat, fails=True)
    run = bench.attempt(resize(bench, verify=verify.flow))
    assert isinstance(run.error, GuestSaysNoError), run.error
    assert not run.leftovers
    assert (bench.flavor, bench.ids()) == (flavor, ids)
    bench.check_well()


def test_an_instance_is_deleted(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    template = change.with_flavor(bench.template, bench.site.other_flavor_id, 60)
    bench.heat.patch(bench.stack_ref, minutes=5, rollback=True, template=template)
    bench.until(lambda: move_state.move_of(bench.heat, bench.stack_ref).status == move_state.WAITING)
    bench.heat_cloud.kill_heat()
    assert bench.delete().error is None
    bench.check_nothing_is_left()


def test_a_delete_that_it_had_begun_is_requested_again(bench: HeatBench) -> None:
    bench.provision(bench.example.bare_spec())
    bench.slow(server_delete=3)
    # The delete is requested again after this time. Heat must be back by then.
    bench.configure(delete_seconds=30)

    def kill() -> None:
        bench.until(lambda: bench.status == "DELETE_IN_PROGRESS")
        bench.heat_cloud.kill_heat()

    killer = threading.Thread(target=kill)
    killer.start()
    run = bench.delete()
    killer.join()
    assert run.error is None
    bench.check_nothing_is_left()
