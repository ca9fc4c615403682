"""The signals about a server on its way to another flavor or host."""

from collections.abc import Iterator
from typing import ClassVar

from heat.common import exception

from trove_resources_heat.compute import RUNNING, VERIFY_RESIZE, ServerState
from trove_resources_heat.gate import Gate, Way
from trove_resources_heat.operation import Operation
from trove_resources_heat.record import CONFIRMED, FAILED, MIGRATE, REVERTED
from trove_resources_heat.refusals import refused


class Decision(Operation):
    """What becomes of a server that waits at VERIFY_RESIZE."""

    ending: ClassVar[str]
    """How the move ends with it."""

    def prepare(self, server: ServerState) -> None:
        """Refuse it unless there is something to decide."""
        self.need(server, VERIFY_RESIZE)
        move = self.record.move()
        self._move_id = move.id if move and not move.ended else ""
        self._waiting = server

    def has_begun(self, _before: ServerState, after: ServerState) -> bool:
        """Say whether somebody has decided the same."""
        return after.status in self.signs or (after.status in RUNNING and self.is_result(after))

    def ended(self, server: ServerState) -> bool:
        """Look at a server at rest: one that is being confirmed shows nothing until it is."""
        if server.status == VERIFY_RESIZE:
            return False
        super().ended(server)
        if not self.is_result(server):
            raise exception.Error("another decision came first")
        # Whoever watches the move writes the same; if nobody does, it is to be read here.
        self.record.end(self._move_id, self.ending, self.details.get("reason"))
        return True

    def is_result(self, server: ServerState) -> bool:
        """Say whether the server is where this decision leaves it."""
        return self.is_back(server) == (self.ending == REVERTED)

    def is_back(self, server: ServerState) -> bool:
        """Say whether it is no longer where it waited."""
        waited = self._waiting
        return (server.flavor_id, server.host_id) != (waited.flavor_id, waited.host_id)


class Confirm(Decision):
    """The server stays where it is now."""

    name = "confirm"
    ending = CONFIRMED

    def call(self) -> None:
        """Ask for it."""
        self.compute.confirm()


class Revert(Decision):
    """The server goes back to where it was; ``reason`` is what the update or migration fails with."""

    name = "revert"
    keys: ClassVar[dict[str, type]] = {"reason": str}
    signs = frozenset({"REVERT_RESIZE"})
    ending = REVERTED

    def prepare(self, server: ServerState) -> None:
        """Write down why: whoever watches the move gives this reason as soon as the server is back."""
        super().prepare(server)
        self.record.give_back(self.details.get("reason", "by a signal"))

    def call(self) -> None:
        """Ask for it."""
        self.compute.revert()

    def give_up(self, _reason: str) -> None:
        """Have it wait on."""
        self.record.withdraw()


class Migrate(Operation):
    """Another host: ``host``, or any. It waits ``timeout`` seconds for a decision, as a resize does."""

    name = "migrate"
    keys: ClassVar[dict[str, type]] = {"host": str, "timeout": int}
    signs = frozenset({"RESIZE", "MIGRATING", VERIFY_RESIZE})

    def prepare(self, server: ServerState) -> None:
        """Refuse it unless the server is one that can be moved."""
        self.need(server, *sorted(RUNNING))
        seconds = self.details.get("timeout", self.around.resize_seconds)
        if seconds <= 0:
            raise refused(self.name, "timeout is a number of seconds above 0")
        self._move = self.record.begin(MIGRATE, self.details.get("host", ""))
        way = Way(move=self._move, seconds=seconds, arrived=lambda seen: seen.host_id != server.host_id)
        self._gate = Gate(self.compute, self.record, way, self.around.tell)

    def call(self) -> None:
        """Ask for it."""
        self.compute.migrate(self.details.get("host"))

    def give_up(self, reason: str) -> None:
        """Write down that it did not begin."""
        self.record.end(self._move.id, FAILED, reason)

    def watch(self) -> Iterator[None]:
        """Yield until somebody has decided, or the gate has."""
        while not self._gate.step():
            yield
