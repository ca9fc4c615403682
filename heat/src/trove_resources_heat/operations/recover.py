"""Recover a server from ERROR."""

from collections.abc import Iterator

from trove_resources_heat.attachments import complete_attachments
from trove_resources_heat.compute import STABLE, ServerState
from trove_resources_heat.operations.base import Operation


class Recover(Operation):
    """A server that Nova left in ERROR becomes ACTIVE, with its volumes attached.

    After a resize that failed on the new host, a hard reboot starts the server on the old one. Nova does not complete
    the volume attachments in Cinder then, and until they are complete the server cannot be resized again.
    """

    name = "recover"
    signs = frozenset({"HARD_REBOOT"})

    def prepare(self, server: ServerState) -> None:
        """Reject the signal while Nova works on the server."""
        self.require_status(server, "ERROR", *sorted(STABLE))
        self._active = server.status == "ACTIVE"

    def call(self) -> None:
        """Request a hard reboot, unless the server is ACTIVE."""
        if not self._active:
            self.compute.reboot(hard=True)

    def watch(self) -> Iterator[None]:
        """Yield until the server is ACTIVE, then complete its volume attachments."""
        yield from self.until(lambda server: self.done(server) and server.status == "ACTIVE")
        complete_attachments(self.target.resource.client("cinder"), self.compute.server_id)
