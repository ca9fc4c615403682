"""What a signal begins: a part that runs within the request and may reject it, and a part that watches the server."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from heat.common import exception
from novaclient import exceptions as nova

from trove_resources_heat.compute import Compute, ServerState
from trove_resources_heat.errors import bad_request, translated_nova_errors
from trove_resources_heat.resource_data import ResourceData, now


@dataclass(frozen=True, kw_only=True)
class Target:
    """The server that an operation is about."""

    compute: Compute
    data: ResourceData
    add_event: Callable[[str], None]
    """Adds an event to the resource."""
    timeout: int
    """Seconds that an operation may take."""
    resize_timeout: int
    """Seconds that a move waits for a decision, unless the signal has its own timeout."""
    resource: Any


class Operation(ABC):
    """One operation. ``request`` raises what the signal is answered with; ``watch`` raises if the operation failed."""

    name: ClassVar[str]
    keys: ClassVar[dict[str, type]] = {}
    """The keys that its signal may have, and their types."""
    signs: ClassVar[frozenset[str]] = frozenset()
    """Statuses that show that Nova has begun the operation."""

    def __init__(self, target: Target, details: dict[str, Any]) -> None:
        self.target, self.details = target, details
        self.compute, self.data = target.compute, target.data

    def request(self) -> None:
        """Check the server, then request the operation from Nova."""
        server = self.compute.show()
        if server is None:
            raise exception.Error(f"{self.name}: could not get the server from Nova")
        self.prepare(server)
        try:
            with translated_nova_errors(self.name):
                self._call(server)
        except Exception as error:
            self.on_rejected(str(error))
            raise

    @abstractmethod
    def prepare(self, server: ServerState) -> None:
        """Reject the signal if the operation is not possible, and store what must be known before Nova begins."""

    @abstractmethod
    def call(self) -> None:
        """Send the request to Nova."""

    def on_rejected(self, reason: str) -> None:  # noqa: B027 - most operations store nothing
        """Take back what ``prepare`` stored: Nova rejected the request."""

    def has_begun(self, before: ServerState, after: ServerState) -> bool:
        """Return whether Nova has begun the operation, although it rejected the request."""
        return after != before and after.status in self.signs

    def _call(self, before: ServerState) -> None:
        try:
            self.call()
        except nova.ClientException:
            # Heat's session repeats a request that got no response, and an update may decide the same at this moment.
            # Nova then rejects the second request, or answers 500 because the server's state is not the expected one.
            after = self.compute.show()
            if after is None or not self.has_begun(before, after):
                raise

    def watch(self) -> Iterator[None]:
        """Yield between polls of the server until the operation is done."""
        yield from self.until(self.done)

    def done(self, server: ServerState) -> bool:
        """Return whether an idle server is as the operation should leave it. Raises Heat's Error if it failed."""
        if server.status == "ERROR":
            raise exception.Error(f"the server is in ERROR: {server.fault or 'no fault reported'}")
        return True

    def until(self, done: Callable[[ServerState], bool]) -> Iterator[None]:
        """Yield until the server is idle and ``done`` returns True for it."""
        end = now() + timedelta(seconds=self.target.timeout)
        while True:
            server = self.compute.show()
            if server is not None and server.idle and done(server):
                return
            if now() >= end:
                raise exception.Error(f"timed out after {self.target.timeout} s; the server is {server}")
            yield

    def require_status(self, server: ServerState, *statuses: str) -> None:
        """Reject the signal unless the server is idle with one of these statuses."""
        if not server.idle or server.status not in statuses:
            task = f" ({server.task_state})" if server.task_state else ""
            wanted = " or ".join(statuses)
            raise bad_request(self.name, f"the server is {server.status}{task}; it must be {wanted}")
