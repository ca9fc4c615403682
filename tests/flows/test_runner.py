"""The runner: it announces results in time, raises the first failure, undoes everything, and sends events."""

import threading
import time
from itertools import pairwise

import pytest
from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow
from taskflow.patterns.unordered_flow import Flow as UnorderedFlow

from flows.kit import Do, Make, context, transient
from trove_resources.errors import AmbiguousOwnerError, FlowStoppedError, Leftover
from trove_resources.flows.context import ATTEMPTS
from trove_resources.flows.events import Event
from trove_resources.flows.runner import Runner
from trove_resources.kinds import ResourceKind


def _fail(error: Exception | None = None) -> None:
    raise error or RuntimeError("the first failure")


def _linear(*steps: object) -> Flow:
    return LinearFlow("flow").add(*steps)


def test_results_are_announced_before_the_next_step_begins() -> None:
    world: list[str] = []
    order: list[str] = []
    flow = _linear(Make(world, "a", announces="a_id"), Do("look", lambda: order.append("next step"), requires=["a"]))
    Runner().run(flow, context(), lambda name, value: order.append(f"{name} = {value}"))
    assert order == ["a_id = a", "next step"]


def test_results_are_announced_in_the_callers_thread() -> None:
    threads: list[threading.Thread] = []
    flow = UnorderedFlow("flow").add(*(Make([], name, announces=name) for name in "abcd"))
    Runner().run(flow, context(), lambda _name, _value: threads.append(threading.current_thread()))
    assert threads == [threading.current_thread()] * 4


def test_created_resources_are_undone_in_reverse_and_their_announcements_cleared() -> None:
    world: list[str] = []
    announced: list[tuple[str, str | None]] = []
    flow = _linear(Make(world, "a", announces="a_id"), Make(world, "b", announces="b_id"), Do("fail", _fail))
    with pytest.raises(RuntimeError, match="the first failure"):
        Runner().run(flow, context(), lambda name, value: announced.append((name, value)))
    assert world == []
    assert announced == [("a_id", "a"), ("b_id", "b"), ("b_id", None), ("a_id", None)]


def test_after_a_failed_undo_the_others_run_and_the_original_failure_is_raised() -> None:
    world: list[str] = []
    announced: list[tuple[str, str | None]] = []
    running = context()
    flow = _linear(
        Make(world, "a"), Make(world, "stays", announces="id", stays=True), Make(world, "c"), Do("fail", _fail)
    )
    with pytest.raises(RuntimeError, match="the first failure"):
        Runner().run(flow, running, lambda name, value: announced.append((name, value)))
    assert world == ["stays"]
    assert running.leftovers == [
        Leftover(kind=ResourceKind.SERVER, resource_id="stays", reason="OSError: glued to the floor"),
    ]
    # It still exists, so its id stays in the row.
    assert announced == [("id", "stays")]


@pytest.mark.parametrize("first", ["a", "b"])
def test_of_two_parallel_failures_the_first_is_raised(first: str) -> None:
    gate = threading.Event()

    def early() -> None:
        gate.set()
        _fail(RuntimeError("the first failure"))

    def late() -> None:
        gate.wait(10)
        time.sleep(0.05)
        _fail(RuntimeError("a later failure"))

    steps = [Do(name, early if name == first else late) for name in ("a", "b")]
    with pytest.raises(RuntimeError, match="the first failure"):
        Runner().run(UnorderedFlow("flow").add(*steps), context())


def test_a_result_that_cannot_be_announced_ends_the_flow_and_is_undone() -> None:
    world: list[str] = []

    def announce(_name: str, value: str | None) -> None:
        if value is not None:
            raise ConnectionError("the database is away")

    flow = _linear(Make(world, "a", announces="a_id"), Make(world, "b"))
    with pytest.raises(ConnectionError, match="the database is away"):
        Runner().run(flow, context(), announce)
    assert world == []


def test_a_flow_whose_last_result_cannot_be_announced_fails() -> None:
    def announce(_name: str, _value: str | None) -> None:
        raise ConnectionError("the database is away")

    with pytest.raises(ConnectionError):
        Runner().run(_linear(Make([], "a", announces="a_id")), context(), announce)


def test_a_stopped_flow_ends_at_its_next_step_and_is_undone() -> None:
    world: list[str] = []
    running = context()
    flow = _linear(Make(world, "a"), Do("stop", running.stop.set), Make(world, "b"))
    with pytest.raises(FlowStoppedError):
        Runner().run(flow, running)
    assert world == []


def test_a_flow_that_runs_again_takes_over_existing_resources() -> None:
    world: list[str] = []
    for _ in range(2):
        Runner().run(_linear(Make(world, "a"), Make(world, "b")), context())
    assert world == ["a", "b"]


def test_two_matching_resources_are_an_error() -> None:
    with pytest.raises(AmbiguousOwnerError):
        Runner().run(_linear(Make(["a", "a"], "a")), context())


def test_events_report_what_began_succeeded_failed_and_was_undone() -> None:
    events: list[Event] = []
    flow = _linear(Make([], "a"), Do("fail", _fail))
    with pytest.raises(RuntimeError):
        Runner().run(flow, context(listener=events.append))
    assert [(event.step, event.kind) for event in events] == [
        ("make/a/create", "began"),
        ("make/a/create", "succeeded"),
        ("do/fail/do", "began"),
        ("do/fail/do", "failed"),
        ("make/a/create", "undoing"),
        ("make/a/create", "undone"),
    ]
    failed = events[3]
    assert (failed.title, failed.detail) == ("do fail", "the first failure")
    assert (failed.instance_id, failed.request_id) == ("instance-1", "req-1")


def test_parallel_steps_run_in_parallel() -> None:
    barrier = threading.Barrier(3, timeout=10)
    flow = UnorderedFlow("flow").add(*(Do(name, barrier.wait) for name in "abc"))  # type: ignore[arg-type]
    Runner().run(flow, context())


def test_a_call_that_fails_for_a_while_is_repeated_with_growing_pauses() -> None:
    running = context()
    moments: list[float] = []

    def call() -> None:
        moments.append(running.clock.now())
        raise transient()

    with pytest.raises(type(transient())):
        running.attempt(call)
    assert len(moments) == ATTEMPTS
    gaps = [round(later - earlier, 6) for earlier, later in pairwise(moments)]
    assert gaps == sorted(gaps)
    assert gaps[0] > 0
