"""What a running flow gives to its steps. It exists in memory only and is never stored."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import tenacity

from trove_resources.errors import CloudError, FlowStoppedError, Leftover, ResourceNotFoundError, TransientError
from trove_resources.flows import events
from trove_resources.flows.clock import Clock
from trove_resources.flows.events import Event, Kind, Listener
from trove_resources.flows.waiting import Wait, Waiter, Watch
from trove_resources.kinds import ResourceKind
from trove_resources.markers import Owner

S = TypeVar("S")
T = TypeVar("T")

ATTEMPTS = 5
"""How often a call is made that fails transiently."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
"""Seconds between two attempts: the first pause, doubled up to the longest."""


@dataclass(slots=True, kw_only=True)
class FlowContext:
    """One run of a flow."""

    owner: Owner
    request_id: str
    clock: Clock
    waiter: Waiter
    listener: Listener = field(default=events.log)
    stop: threading.Event = field(default_factory=threading.Event)
    """Set when a delete asks the flow to stop before its next step."""
    lost: Exception | None = None
    """Why a result could not be announced. The flow stops before its next step."""
    announced: dict[str, str] = field(default_factory=dict)
    """The results that the caller has written down, by name."""
    leftovers: list[Leftover] = field(default_factory=list)
    """What an undo could not restore, or a delete could not remove."""

    def check_stop(self) -> None:
        """Raise FlowStoppedError if the flow was asked to stop, or why a result could not be announced."""
        if self.lost is not None:
            raise self.lost
        if self.stop.is_set():
            raise FlowStoppedError(f"instance {self.owner.instance_id} is to be deleted")

    def tell(
        self, kind: Kind, title: str, *, step: str = "", detail: str = "", resource: ResourceKind | None = None
    ) -> None:
        """Send an event to the listener."""
        self.listener(
            Event(
                kind=kind,
                step=step,
                title=title,
                instance_id=self.owner.instance_id,
                request_id=self.request_id,
                detail=detail,
                resource=resource,
            )
        )

    def wait(self, watch: Watch[S], resource_id: str, wait: Wait[S]) -> S | None:
        """Wait as :meth:`Waiter.wait` does, with events before and after."""
        self.tell("waiting", wait.what)
        try:
            return self.waiter.wait(watch, resource_id, wait)
        finally:
            self.tell("waited", wait.what)

    def attempt(self, call: Callable[[], T]) -> T:
        """Return what ``call`` returns. Retry it, with growing pauses, while it fails transiently.

        ``call`` must be safe to repeat: a create looks for its own earlier result first.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=tenacity.wait_exponential(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE),
            sleep=self.clock.sleep,
            reraise=True,
        )
        return retrying(call)

    def ensure_gone(self, ask: Callable[[], None]) -> None:
        """Request a deletion. A resource that is gone already is a success."""
        try:
            self.attempt(ask)
        except ResourceNotFoundError:
            return

    def try_or_note(self, kind: ResourceKind, resource_id: str, act: Callable[[], object]) -> bool:
        """Delete or restore a resource and return True; if that fails, record a leftover with the reason.

        A resource that is recorded already keeps its first reason.
        """
        try:
            act()
        except Exception as error:  # noqa: BLE001 - an undo that raises would stop every other undo
            reason = str(error) if isinstance(error, CloudError) else f"{type(error).__name__}: {error}"
            if not any((each.kind, each.resource_id) == (kind, resource_id) for each in self.leftovers):
                self.leftovers.append(Leftover(kind=kind, resource_id=resource_id, reason=reason))
            return False
        return True
