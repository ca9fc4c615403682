"""Rebuild the server."""

from typing import ClassVar

from heat.common import exception

from trove_resources_heat.compute import ServerState
from trove_resources_heat.errors import bad_request
from trove_resources_heat.operations.base import Operation


class Rebuild(Operation):
    """A rebuild from ``image`` with ``user_data``. Without either key, the server keeps what it has."""

    name = "rebuild"
    keys: ClassVar[dict[str, type]] = {"image": str, "user_data": str}
    signs = frozenset({"REBUILD"})

    def prepare(self, server: ServerState) -> None:
        """Reject the signal if no image is known."""
        given = self.details.get("image")
        image_id = self._find(given) if given else server.image_id
        if image_id is None:
            raise bad_request(self.name, "image is required: the server boots from a volume, which does not name one")
        self._image_id = image_id

    def call(self) -> None:
        """Request the rebuild."""
        changes = {}
        if "user_data" in self.details:
            changes["userdata"] = self.target.resource.user_data_for_nova(self.details["user_data"])
        self.compute.rebuild(self._image_id, **changes)

    def _find(self, image: str) -> str:
        try:
            return str(self.target.resource.client_plugin("glance").find_image_by_name_or_id(image))
        except exception.HeatException as error:
            raise bad_request(self.name, str(error)) from error
