"""Confirm or revert a server that waits at VERIFY_RESIZE."""

from typing import ClassVar

from heat.common import exception

from trove_resources_heat.compute import STABLE, VERIFY_RESIZE, ServerState
from trove_resources_heat.operations.base import Operation
from trove_resources_heat.resource_data import CONFIRMED, REVERTED


class Decision(Operation):
    """A decision about a resize or migration."""

    move_status: ClassVar[str]
    """The status with which the move ends."""

    def prepare(self, server: ServerState) -> None:
        """Reject the signal unless the server waits for a decision."""
        self.require_status(server, VERIFY_RESIZE)
        move = self.data.latest_move()
        self._move_id = move.id if move and not move.ended else ""
        self._waiting = server

    def has_begun(self, _before: ServerState, after: ServerState) -> bool:
        """Return whether the same decision was made by another request."""
        return after.status in self.signs or (after.status in STABLE and self.is_outcome(after))

    def done(self, server: ServerState) -> bool:
        """Return whether Nova has carried out the decision. A confirm shows no task state while it is under way."""
        if server.status == VERIFY_RESIZE:
            return False
        super().done(server)
        if not self.is_outcome(server):
            raise exception.Error("another decision came first")
        # A watcher of the move stores the same. Without one, it has to be stored here.
        self.data.end_move(self._move_id, self.move_status, self.details.get("reason"))
        return True

    def is_outcome(self, server: ServerState) -> bool:
        """Return whether the server is where this decision leaves it."""
        return self.is_back(server) == (self.move_status == REVERTED)

    def is_back(self, server: ServerState) -> bool:
        """Return whether the server has left the flavor and host with which it waited."""
        waited = self._waiting
        return (server.flavor_id, server.host_id) != (waited.flavor_id, waited.host_id)


class Confirm(Decision):
    """The server stays where it is now."""

    name = "confirm"
    move_status = CONFIRMED

    def call(self) -> None:
        """Confirm the resize or migration."""
        self.compute.confirm()


class Revert(Decision):
    """The server goes back to where it was. The update or migration fails with ``reason``."""

    name = "revert"
    keys: ClassVar[dict[str, type]] = {"reason": str}
    signs = frozenset({"REVERT_RESIZE"})
    move_status = REVERTED

    def prepare(self, server: ServerState) -> None:
        """Store the reason, which the watcher of the move reports as soon as the server is back."""
        super().prepare(server)
        self.data.request_revert(self.details.get("reason", "by a signal"))

    def call(self) -> None:
        """Revert the resize or migration."""
        self.compute.revert()

    def on_rejected(self, _reason: str) -> None:
        """Let the server wait for another decision."""
        self.data.withdraw_revert_request()
