"""A delete arrives during a create: the flow ends at its next step, and undoes everything."""

import threading

import pytest

from native.bench import FaultBench
from trove_lab.conformance.flows import step_names
from trove_resources.errors import FlowStoppedError
from trove_resources.flows.events import Event

pytestmark = pytest.mark.mini_only("the clock is set")


def test_a_flow_stopped_after_any_step_leaves_nothing(bench: FaultBench) -> None:
    steps = step_names(bench.manager.provision(bench.spec()))
    assert len(steps) > 10
    stopped = [step for step in steps if _stop_after(bench, step)]
    # After the last step, there is nothing to stop.
    assert set(steps) - set(stopped) == {"provision/dns_record/create"}


def _stop_after(bench: FaultBench, step: str) -> bool:
    stop = threading.Event()

    def watch(event: Event) -> None:
        if event.kind == "succeeded" and event.step == step:
            stop.set()

    run = bench.provision(stop=stop, watch=watch)
    if run.error is None:
        assert bench.delete().error is None
    else:
        assert isinstance(run.error, FlowStoppedError), step
        assert not run.leftovers, step
        assert set(run.results.values()) <= {None}, step
    assert not bench.held(), step
    return run.error is not None


@pytest.mark.parametrize(
    ("duration", "step"), [("server.build", "server/active"), ("volume.create", "data_volume/available")]
)
def test_a_flow_stops_while_it_waits(bench: FaultBench, duration: str, step: str) -> None:
    bench.cloud.transitions.durations[duration] = 20.0
    stop = threading.Event()

    def watch(event: Event) -> None:
        if event.kind == "began" and event.step == f"provision/{step}":
            stop.set()

    began = bench.clock.now()
    run = bench.provision(stop=stop, watch=watch)
    assert isinstance(run.error, FlowStoppedError)
    if duration == "server.build":
        assert bench.clock.now() - began < 10
    assert not run.leftovers
    assert not bench.held()
