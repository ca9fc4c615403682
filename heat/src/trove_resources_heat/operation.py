"""What a signal has done: a part in the request, which may refuse it, and a part that watches what becomes of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from heat.common import exception
from novaclient import exceptions as nova

from trove_resources_heat.compute import Compute, ServerState
from trove_resources_heat.record import Record, now
from trove_resources_heat.refusals import as_nova_refuses, refused


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What operations work with."""

    compute: Compute
    record: Record
    tell: Callable[[str], None]
    """Writes an event of the resource."""
    seconds: int
    """How long an operation may take."""
    resize_seconds: int
    """How long a move waits for a decision, unless the signal says."""
    resource: Any


class Operation(ABC):
    """One signal. ``ask`` raises what answers the request; ``watch`` ends when it is done and raises when it failed."""

    name: ClassVar[str]
    keys: ClassVar[dict[str, type]] = {}
    """What its signal may carry."""
    signs: ClassVar[frozenset[str]] = frozenset()
    """Statuses in which a server shows that Nova does it."""

    def __init__(self, around: Surroundings, details: dict[str, Any]) -> None:
        self.around, self.details = around, details
        self.compute, self.record = around.compute, around.record

    def ask(self) -> None:
        """Check the server, and ask Nova for it."""
        server = self.compute.show()
        if server is None:
            raise exception.Error(f"{self.name}: Nova does not show the server now")
        self.prepare(server)
        try:
            with as_nova_refuses(self.name):
                self._call(server)
        except Exception as error:
            self.give_up(str(error))
            raise

    @abstractmethod
    def prepare(self, server: ServerState) -> None:
        """Refuse what cannot be, and write down what is to be known before Nova does it."""

    @abstractmethod
    def call(self) -> None:
        """Ask Nova."""

    def give_up(self, reason: str) -> None:  # noqa: B027 - most have written nothing down
        """Take back what was written down: Nova does not do it."""

    def has_begun(self, before: ServerState, after: ServerState) -> bool:
        """Say whether Nova does what it refuses to do a second time."""
        return after != before and after.status in self.signs

    def _call(self, before: ServerState) -> None:
        try:
            self.call()
        except nova.ClientException:
            # Heat's session repeats a request that got no answer, and a gate may ask for the same at this moment: then
            # Nova refuses the second, or finds the server in a state it did not expect, and answers 500.
            after = self.compute.show()
            if after is None or not self.has_begun(before, after):
                raise

    def watch(self) -> Iterator[None]:
        """Yield between two looks at the server until it is at rest."""
        yield from self.until(self.ended)

    def ended(self, server: ServerState) -> bool:
        """Say whether a server at rest is as it was to become. Raises heat's Error when it never will be."""
        if server.status == "ERROR":
            raise exception.Error(f"the server is in ERROR: {server.fault or 'no fault is shown'}")
        return True

    def until(self, ended: Callable[[ServerState], bool]) -> Iterator[None]:
        """Yield until the server is at rest and ``ended``."""
        end = now() + timedelta(seconds=self.around.seconds)
        while True:
            server = self.compute.show()
            if server is not None and server.at_rest and ended(server):
                return
            if now() >= end:
                raise exception.Error(f"it is not done after {self.around.seconds} s; the server is {server}")
            yield

    def need(self, server: ServerState, *statuses: str) -> None:
        """Refuse the signal unless the server is at rest with one of these statuses."""
        if not server.at_rest or server.status not in statuses:
            doing = f" ({server.task_state})" if server.task_state else ""
            raise refused(self.name, f"the server is {server.status}{doing}; it has to be {' or '.join(statuses)}")
