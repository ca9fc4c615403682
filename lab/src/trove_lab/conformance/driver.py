"""Runs the flows of a manager and records the outcome."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from taskflow.flow import Flow

from trove_resources.errors import Leftover
from trove_resources.flows.clock import Clock
from trove_resources.flows.context import FlowContext
from trove_resources.flows.events import Event
from trove_resources.flows.runner import BRANCHES, Runner
from trove_resources.flows.waiting import Waiter
from trove_resources.markers import Owner


@dataclass(slots=True)
class Run:
    """The outcome of a flow."""

    announced: list[tuple[str, str | None]] = field(default_factory=list)
    """Names and values of results, in the order in which they were announced; None: undone."""
    events: list[Event] = field(default_factory=list)
    leftovers: list[Leftover] = field(default_factory=list)
    error: Exception | None = None
    """What the flow raised."""

    @property
    def results(self) -> dict[str, str | None]:
        """The last value of each announced result."""
        return dict(self.announced)

    def steps(self, kind: str = "succeeded") -> list[str]:
        """Return the names of the steps with events of a kind, in order."""
        return [event.step for event in self.events if event.kind == kind]


class Driver:
    """Runs flows as the task manager does, on the clock of the tests.

    With one of ``branches``, steps run one at a time: the same flow makes the same calls in the same order.
    """

    def __init__(self, clock: Clock, *, branches: int = BRANCHES) -> None:
        self.clock, self._branches = clock, branches
        self._waiter = Waiter(clock)

    def run(self, flow: Flow, owner: Owner) -> Run:
        """Run a flow to its end. Raises what the flow raises."""
        run = self.attempt(flow, owner)
        if run.error is not None:
            raise run.error
        return run

    def attempt(
        self,
        flow: Flow,
        owner: Owner,
        *,
        stop: threading.Event | None = None,
        watch: Callable[[Event], None] = lambda _event: None,
    ) -> Run:
        """Run a flow and return its outcome, a failure included. ``watch`` is called with each event."""
        run = Run()

        def listen(event: Event) -> None:
            run.events.append(event)
            watch(event)

        context = FlowContext(
            owner=owner,
            request_id="req-conformance",
            clock=self.clock,
            waiter=self._waiter,
            listener=listen,
            stop=stop or threading.Event(),
        )
        try:
            Runner(branches=self._branches).run(flow, context, lambda name, value: run.announced.append((name, value)))
        except Exception as error:  # noqa: BLE001 - the test checks it
            run.error = error
        run.leftovers = list(context.leftovers)
        return run
