"""The signals there are."""

from collections.abc import Iterator
from typing import ClassVar

from heat.common import exception

from trove_resources_heat.attachments import complete_attachments
from trove_resources_heat.compute import RUNNING, ServerState
from trove_resources_heat.moves import Confirm, Migrate, Revert
from trove_resources_heat.operation import Operation
from trove_resources_heat.refusals import refused


class Reboot(Operation):
    """Soft; hard where ``type`` says so, or where the server does not run."""

    name = "reboot"
    keys: ClassVar[dict[str, type]] = {"type": str}
    signs = frozenset({"REBOOT", "HARD_REBOOT"})

    def prepare(self, server: ServerState) -> None:
        """Refuse another type than Nova has."""
        wanted = self.details.get("type", "SOFT")
        if wanted not in ("SOFT", "HARD"):
            raise refused(self.name, f"type is SOFT or HARD, not {wanted}")
        self._hard = wanted == "HARD" or server.status != "ACTIVE"

    def call(self) -> None:
        """Ask for it."""
        self.compute.reboot(hard=self._hard)


class Rebuild(Operation):
    """The server on ``image``, or on its own again, with ``user_data``, or with what it has."""

    name = "rebuild"
    keys: ClassVar[dict[str, type]] = {"image": str, "user_data": str}
    signs = frozenset({"REBUILD"})

    def prepare(self, server: ServerState) -> None:
        """Refuse it when no image is known."""
        given = self.details.get("image")
        image_id = self._find(given) if given else server.image_id
        if image_id is None:
            raise refused(self.name, "image is needed: the server boots from a volume, which does not name one")
        self._image_id = image_id

    def call(self) -> None:
        """Ask for it."""
        changes = {}
        if "user_data" in self.details:
            changes["userdata"] = self.around.resource.user_data_for_nova(self.details["user_data"])
        self.compute.rebuild(self._image_id, **changes)

    def _find(self, image: str) -> str:
        try:
            return str(self.around.resource.client_plugin("glance").find_image_by_name_or_id(image))
        except exception.HeatException as error:
            raise refused(self.name, str(error)) from error


class Recover(Operation):
    """A server that Nova left in ERROR runs again, and has its volumes.

    After a resize that failed on the new host, a hard reboot takes the server up on the old one; but Nova does not come
    to tell Cinder that it has its volumes, and without that it can never be resized again.
    """

    name = "recover"
    signs = frozenset({"HARD_REBOOT"})

    def prepare(self, server: ServerState) -> None:
        """Refuse it while something is under way."""
        self.need(server, "ERROR", *sorted(RUNNING))
        self._runs = server.status == "ACTIVE"

    def call(self) -> None:
        """Ask for a hard reboot, unless it runs."""
        if not self._runs:
            self.compute.reboot(hard=True)

    def watch(self) -> Iterator[None]:
        """Yield until it is ACTIVE; then see to its volumes."""
        yield from self.until(lambda server: self.ended(server) and server.status == "ACTIVE")
        complete_attachments(self.around.resource.client("cinder"), self.compute.server_id)


OPERATIONS: dict[str, type[Operation]] = {
    each.name: each for each in (Reboot, Confirm, Revert, Migrate, Rebuild, Recover)
}
"""What ``action`` of a signal can be."""
DECISIONS = frozenset({Confirm.name, Revert.name})
"""Those that are for a server which is being changed."""
