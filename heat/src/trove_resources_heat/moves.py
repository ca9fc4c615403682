"""The signals about a server on its way to another flavor or host."""

from collections.abc import Iterator
from typing import ClassVar

from trove_resources_heat.compute import RUNNING, VERIFY_RESIZE, ServerState
from trove_resources_heat.gate import Gate, Way
from trove_resources_heat.operation import Operation
from trove_resources_heat.record import CONFIRMED, FAILED, MIGRATE, REVERTED
from trove_resources_heat.refusals import refused


class Confirm(Operation):
    """The server stays where it is now."""

    name = "confirm"

    def prepare(self, server: ServerState) -> None:
        """Refuse it unless there is something to confirm."""
        self.need(server, VERIFY_RESIZE)
        move = self.record.move()
        self._move_id = move.id if move and not move.ended else ""

    def call(self) -> None:
        """Ask for it."""
        self.compute.confirm()

    def ended(self, server: ServerState) -> bool:
        """Look at the server, which shows nothing while it is being confirmed."""
        if server.status == VERIFY_RESIZE:
            return False
        done = super().ended(server)
        # Whoever watches the move writes the same; if nobody does, it is to be read here.
        self.record.end(self._move_id, CONFIRMED)
        return done


class Revert(Operation):
    """The server goes back to where it was; ``reason`` is what the update or migration fails with."""

    name = "revert"
    keys: ClassVar[dict[str, type]] = {"reason": str}

    def prepare(self, server: ServerState) -> None:
        """Refuse it unless there is something to revert."""
        self.need(server, VERIFY_RESIZE)
        move = self.record.move()
        self._move_id = move.id if move and not move.ended else ""
        self._reason = self.details.get("reason", "by a signal")
        # Before Nova has it: whoever watches the move gives this reason as soon as the server is back.
        self.record.give_back(self._reason)

    def call(self) -> None:
        """Ask for it."""
        self.compute.revert()

    def give_up(self, _reason: str) -> None:
        """Have it wait on."""
        self.record.withdraw()

    def ended(self, server: ServerState) -> bool:
        """Look at the server."""
        if server.status == VERIFY_RESIZE:
            return False
        done = super().ended(server)
        self.record.end(self._move_id, REVERTED, self._reason)
        return done


class Migrate(Operation):
    """Another host: ``host``, or any. It waits ``timeout`` seconds for a decision, as a resize does."""

    name = "migrate"
    keys: ClassVar[dict[str, type]] = {"host": str, "timeout": int}

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
