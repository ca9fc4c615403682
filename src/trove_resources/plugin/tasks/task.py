"""A task: one request of Trove's, while it holds its instance and runs flows for it."""

import threading
from dataclasses import dataclass, field
from typing import Any, Protocol

from taskflow.flow import Flow

from trove_resources.errors import Leftover, ResourceFailedError
from trove_resources.flows import events
from trove_resources.flows.clock import Clock
from trove_resources.flows.context import FlowContext
from trove_resources.flows.events import Event, Listener
from trove_resources.flows.runner import Runner
from trove_resources.flows.waiting import Waiter
from trove_resources.markers import Owner


class Row(Protocol):
    """Who a flow is run for: where what it announces is written down."""

    def announce(self, name: str, value: str | None) -> None:
        """Take a result; None: it was undone."""


class TaskLog(Protocol):
    """Keeps what operators want to know of tasks. Must not raise."""

    def began(self, operation: str, owner: Owner, request_id: str) -> Listener:
        """Take notice of a task; what is returned is told of its events."""

    def ended(self, owner: Owner, error: str | None) -> None:
        """Take notice of a task's end, and of why it failed."""


class NoTaskLog:
    """Keeps nothing."""

    def began(self, operation: str, owner: Owner, request_id: str) -> Listener:  # noqa: ARG002 - the protocol's
        """Return what writes events to the service's log."""
        return events.log

    def ended(self, owner: Owner, error: str | None) -> None:
        """Forget it."""


@dataclass(slots=True, kw_only=True)
class Task:
    """One task on one instance. ``stop`` is set when a delete wants it to end."""

    operation: str
    owner: Owner
    request_id: str
    stop: threading.Event
    clock: Clock
    waiter: Waiter
    listener: Listener
    error: str | None = field(default=None, init=False)
    """Why it failed, where that is not raised: a guest's failure is told by its row."""

    def context(self, stop: threading.Event | None = None) -> FlowContext:
        """Return what a flow of the task runs with; ``stop`` in the place of the task's own lets it go on."""
        return FlowContext(
            owner=self.owner,
            request_id=self.request_id,
            clock=self.clock,
            waiter=self.waiter,
            listener=self.listener,
            stop=stop or self.stop,
        )

    def run(self, flow: Flow, row: Row, *, stop: threading.Event | None = None) -> None:
        """Run a flow, writing down what it announces. Raises FlowFailedError."""
        context = self.context(stop)
        context.listener = failed = _FirstFailure(self.listener)
        try:
            Runner().run(flow, context, row.announce)
        except Exception as error:
            raise FlowFailedError(failed.event, error, context) from error


class FlowFailedError(Exception):
    """A flow failed and was undone; the message says which step, why, and what is left."""

    def __init__(self, event: Event | None, cause: Exception, context: FlowContext) -> None:
        self.cause = cause
        self.role = _role(event, cause)
        """What failed: ``data_volume``, ``server`` …; empty when that is not known."""
        self.leftovers: list[Leftover] = list(context.leftovers)
        """What could not be undone."""
        title = f"Failed to {event.title}: " if event else ""
        super().__init__(f"{title}{cause}")

    def __str__(self) -> str:
        left = "; not undone: " + "; ".join(map(str, self.leftovers)) if self.leftovers else ""
        return f"{super().__str__()}{left}"


def _role(event: Event | None, cause: Exception) -> str:
    """Return the role of the step that failed; of a step that waits for a whole stack, what of that failed."""
    role = event.step.split("/")[1] if event else ""
    return cause.kind.replace(" ", "_") if role == "stack" and isinstance(cause, ResourceFailedError) else role


class _FirstFailure:
    """Hands events on, and keeps the first that is a failure."""

    def __init__(self, listener: Listener) -> None:
        self.event: Event | None = None
        self._listener = listener

    def __call__(self, event: Event) -> None:
        if event.kind == "failed" and self.event is None:
            self.event = event
        self._listener(event)


def request_id(context: Any) -> str:
    """Return the id of the request a task came with."""
    return str(getattr(context, "request_id", "") or "")
