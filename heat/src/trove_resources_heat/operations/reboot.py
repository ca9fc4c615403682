"""Reboot the server."""

from typing import ClassVar

from trove_resources_heat.compute import ServerState
from trove_resources_heat.errors import bad_request
from trove_resources_heat.operations.base import Operation


class Reboot(Operation):
    """A soft reboot; a hard one if ``type`` is HARD or the server is not ACTIVE."""

    name = "reboot"
    keys: ClassVar[dict[str, type]] = {"type": str}
    signs = frozenset({"REBOOT", "HARD_REBOOT"})

    def prepare(self, server: ServerState) -> None:
        """Reject an unknown type of reboot."""
        wanted = self.details.get("type", "SOFT")
        if wanted not in ("SOFT", "HARD"):
            raise bad_request(self.name, f"type must be SOFT or HARD, not {wanted}")
        self._hard = wanted == "HARD" or server.status != "ACTIVE"

    def call(self) -> None:
        """Request the reboot."""
        self.compute.reboot(hard=self._hard)
