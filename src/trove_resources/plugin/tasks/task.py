"""A task: one request of Trove's, while it holds its instance and runs flows for it."""

import threading
from dataclasses import dataclass, field
from typing import Protocol

from taskflow.flow import Flow

from trove_resources.errors import Leftover, ResourceFailedError
from trove_resources.flows.clock import Clock
from trove_resources.flows.context import FlowContext
from trove_resources.flows.events import Event, Listener
from trove_resources.flows.runner import Runner
from trove_resources.flows.waiting import Waiter
from trove_resources.kinds import ResourceKind
from trove_resources.markers import Owner


class Row(Protocol):
    """Where the announced results of a flow are written."""

    def announce(self, name: str, value: str | None) -> None:
        """Write a result; None: it was undone."""


@dataclass(slots=True, kw_only=True)
class Task:
    """One task on one instance. ``stop`` is set when a delete asks it to stop."""

    operation: str
    owner: Owner
    request_id: str
    stop: threading.Event
    clock: Clock
    waiter: Waiter
    listener: Listener
    error: str | None = field(default=None, init=False)
    """Why the task failed, where nothing is raised: the row tells of a guest's failure."""

    def context(self, stop: threading.Event | None = None) -> FlowContext:
        """Return the context for a flow of the task; with a ``stop`` of its own the flow runs even after the task's."""
        return FlowContext(
            owner=self.owner,
            request_id=self.request_id,
            clock=self.clock,
            waiter=self.waiter,
            listener=self.listener,
            stop=stop or self.stop,
        )

    def run(self, flow: Flow, row: Row, *, stop: threading.Event | None = None) -> None:
        """Run a flow, and write down what it announces. Raises FlowFailedError."""
        context = self.context(stop)
        context.listener = failed = _FirstFailure(self.listener)
        try:
            Runner().run(flow, context, row.announce)
        except Exception as error:
            raise FlowFailedError(failed.event, error, context) from error


class FlowFailedError(Exception):
    """A flow failed and was undone. The message says which step failed, why, and what is left."""

    def __init__(self, event: Event | None, cause: Exception, context: FlowContext) -> None:
        self.cause = cause
        self.kind = _kind(event, cause)
        """The kind of resource that failed; None when it is unknown."""
        self.leftovers: list[Leftover] = list(context.leftovers)
        """What could not be undone."""
        title = f"Failed to {event.title}: " if event else ""
        super().__init__(f"{title}{cause}")

    def __str__(self) -> str:
        left = "; not undone: " + "; ".join(map(str, self.leftovers)) if self.leftovers else ""
        return f"{super().__str__()}{left}"


def _kind(event: Event | None, cause: Exception) -> ResourceKind | None:
    """Return the kind of the failed step; of a step that is about a whole stack, the kind that failed in the stack."""
    kind = event.resource if event else None
    return cause.kind if kind is ResourceKind.STACK and isinstance(cause, ResourceFailedError) else kind


class _FirstFailure:
    """Passes events on, and keeps the first failure."""

    def __init__(self, listener: Listener) -> None:
        self.event: Event | None = None
        self._listener = listener

    def __call__(self, event: Event) -> None:
        if event.kind == "failed" and self.event is None:
            self.event = event
        self._listener(event)
