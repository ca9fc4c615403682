"""An operation that is stopped by a delete, or times out: it is undone, and the stack is as it was before."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from orchestrator_kit import HeatBench
from orchestrator_operations import OPERATIONS, SIZE, extend, migrate, resize

from trove_lab.conformance import GuestStep
from trove_resources.errors import DeadlineExceededError, FlowStoppedError
from trove_resources.flows.events import Event

pytestmark = [pytest.mark.mini_only("faults"), pytest.mark.xdist_group("orchestrator")]


def stop_at(kind: str) -> tuple[threading.Event, Callable[[Event], None]]:
    """Return a stop that is set by the first event of a kind, and the listener that sets it."""
    stop = threading.Event()
    return stop, lambda event: stop.set() if event.kind == kind else None


def test_a_create_that_is_stopped_leaves_nothing(bench: HeatBench) -> None:
    stop, watch = stop_at("waiting")
    run = bench.driver.attempt(bench.manager.provision(bench.spec), bench.example.owner, stop=stop, watch=watch)
    assert isinstance(run.error, FlowStoppedError), run.error
    assert not run.leftovers
    bench.check_nothing_is_left()


@pytest.mark.parametrize("operation", ["resize", "migrate", "rules"])
def test_an_operation_stopped_while_heat_is_working_is_undone(instance: HeatBench, operation: str) -> None:
    before = instance.picture()
    instance.slow(server_resize=2)
    stop, watch = stop_at("waiting")
    run = instance.attempt(OPERATIONS[operation](instance), stop=stop, watch=watch)
    assert isinstance(run.error, FlowStoppedError), run.error
    assert not run.leftovers
    assert instance.picture() == before
    instance.check_well()


@pytest.mark.parametrize("ask", [resize, migrate])
def test_an_operation_stopped_while_the_guest_is_verified_is_undone(
    instance: HeatBench, ask: Callable[..., Any]
) -> None:
    before, stop = instance.picture(), threading.Event()
    verify = GuestStep(f"{ask.__name__}/guest/verify", stop.set).flow
    run = instance.attempt(ask(instance, verify=verify), stop=stop)
    assert isinstance(run.error, FlowStoppedError), run.error
    assert not run.leftovers
    assert instance.picture() == before
    instance.check_well()


@pytest.mark.parametrize("operation", ["resize", "extend", "rules", "private", "migrate", "reboot", "rebuild"])
def test_an_operation_stopped_before_its_first_request_leaves_the_stack_alone(
    instance: HeatBench, operation: str
) -> None:
    before, changed = instance.picture(), instance.stack
    stop, watch = stop_at("succeeded")
    run = instance.attempt(OPERATIONS[operation](instance), stop=stop, watch=watch)
    assert isinstance(run.error, FlowStoppedError), run.error
    assert not run.leftovers
    assert (instance.picture(), instance.stack) == (before, changed)


def test_an_extension_is_not_stopped_half_way(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    stop, watch = stop_at("waiting")
    run = bench.attempt(extend(bench), stop=stop, watch=watch)
    assert run.announced == [("volume_size", str(SIZE))]
    assert [each["size"] for each in bench.held()["volumes"]] == [SIZE]
    bench.check_well()


def test_a_resize_that_times_out_is_reverted(instance: HeatBench) -> None:
    before = instance.picture()
    instance.configure(move_seconds=1)
    instance.slow(server_resize=4)
    run = instance.attempt(resize(instance))
    assert isinstance(run.error, DeadlineExceededError), run.error
    assert not run.leftovers
    assert instance.picture() == before
    instance.check_well()


def test_an_extension_that_times_out_is_waited_for_and_reported(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    ids = bench.ids()
    bench.configure(volume_seconds=1)
    bench.slow(volume_extend=4)
    run = bench.attempt(extend(bench))
    assert isinstance(run.error, DeadlineExceededError), run.error
    assert "data volume" in run.error.last
    assert not run.leftovers
    assert [each["size"] for each in bench.held()["volumes"]] == [SIZE]
    assert bench.ids() == ids
    bench.check_well()
    bench.configure(volume_seconds=20)
    assert bench.attempt(extend(bench)).announced == [("volume_size", str(SIZE))]


def test_an_extension_that_never_ends_is_reported_and_the_stack_is_not_left_in_progress(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    bench.configure(volume_seconds=1, revert_seconds=2)
    bench.slow(volume_extend=600)
    run = bench.attempt(extend(bench))
    assert isinstance(run.error, DeadlineExceededError), run.error
    (left,) = run.leftovers
    assert "extending" in left.reason
    bench.until(lambda: bench.status == "UPDATE_FAILED")
    with bench.touching() as cloud:
        (volume,) = bench.ids()["volumes"]
        cloud.transitions.cancel(volume)
        cloud.volume.volumes.get(volume).status = "in-use"
    bench.heal()
    bench.configure(volume_seconds=20, revert_seconds=40)
    assert bench.attempt(extend(bench)).announced == [("volume_size", str(SIZE))]
    bench.check_well()
