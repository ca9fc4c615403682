"""Migrate the server to another host."""

from collections.abc import Iterator
from typing import ClassVar

from trove_resources_heat.compute import STABLE, VERIFY_RESIZE, ServerState
from trove_resources_heat.errors import bad_request
from trove_resources_heat.operations.base import Operation
from trove_resources_heat.progress import MovePlan, MoveProgress
from trove_resources_heat.resource_data import FAILED, MIGRATE


class Migrate(Operation):
    """A cold migration to ``host``, or to any host. It waits ``timeout`` seconds for a decision, as a resize does."""

    name = "migrate"
    keys: ClassVar[dict[str, type]] = {"host": str, "timeout": int}
    signs = frozenset({"RESIZE", "MIGRATING", VERIFY_RESIZE})

    def prepare(self, server: ServerState) -> None:
        """Reject the signal unless the server can be migrated."""
        self.require_status(server, *sorted(STABLE))
        timeout = self.details.get("timeout", self.target.resize_timeout)
        if timeout <= 0:
            raise bad_request(self.name, "timeout must be greater than 0 seconds")
        self._move = self.data.begin_move(MIGRATE, self.details.get("host", ""))
        plan = MovePlan(move=self._move, timeout=timeout, arrived=lambda current: current.host_id != server.host_id)
        self._progress = MoveProgress(self.compute, self.data, plan, self.target.add_event)

    def call(self) -> None:
        """Request the migration."""
        self.compute.migrate(self.details.get("host"))

    def on_rejected(self, reason: str) -> None:
        """Store that the migration did not begin."""
        self.data.end_move(self._move.id, FAILED, reason)

    def watch(self) -> Iterator[None]:
        """Yield until the migration is confirmed or reverted."""
        while not self._progress.poll():
            yield
