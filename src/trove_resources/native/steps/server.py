"""The server: created, waited for, deleted."""

from collections.abc import Sequence
from typing import Any

from trove_resources.clouds import Clouds
from trove_resources.clouds.compute import Compute
from trove_resources.clouds.service import Json
from trove_resources.flows.context import FlowContext
from trove_resources.flows.delete import DeleteStep, Resource
from trove_resources.flows.servers import await_server, delete_server, is_active
from trove_resources.flows.step import CreateStep, Found, Step, found_id
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings
from trove_resources.spec import InstanceSpec


class CreateServer(CreateStep[str]):
    """Create the server with its ports and volumes. Provides ``server_id``."""

    kind = ResourceKind.SERVER
    announces = "server_id"

    def __init__(self, clouds: Clouds, settings: Settings, spec: InstanceSpec) -> None:
        super().__init__("provision/server/create", "create the server", provides="server_id")
        self._clouds, self._settings, self._spec = clouds, settings, spec

    def execute(
        self,
        context: FlowContext,
        user_port: dict[str, Any] | None = None,
        management_port: dict[str, Any] | None = None,
        data_volume_id: str | None = None,
        root_volume_id: str | None = None,
    ) -> str:
        """Return the server's id."""
        ports = [port["id"] for port in (user_port, management_port) if port]
        nic = None
        if self._spec.isolated and user_port:
            about: dict[str, Any] = user_port
            nic = context.attempt(lambda: self._clouds.network.nic(about["mac_address"], about["addresses"]))
        group = self._spec.security_group
        return self.find_or_create(
            context,
            lambda: self._clouds.compute.create_server(
                self._spec.server,
                user_data=self._spec.user_data(nic),
                port_ids=ports,
                volumes=self._block_devices(data_volume_id, root_volume_id),
                security_group=group.name if group else None,
            ),
        )

    def find(self, context: FlowContext, **_: object) -> Sequence[Found[str]]:
        """Find it by its tag."""
        servers = self._clouds.compute.find_servers(context.owner.instance_id)
        return [found_id(server.id, of_task=context.owner.task_tag in server.tags) for server in servers]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it."""
        delete_server(context, self._clouds.compute, self._settings, resource_id)

    def _block_devices(self, data_volume_id: str | None, root_volume_id: str | None) -> list[Json]:
        """Return the boot device and the data volume. Volumes outlive the server: only we delete them."""
        volume: Json = {"source_type": "volume", "destination_type": "volume", "delete_on_termination": False}
        devices: list[Json] = []
        if root_volume_id:
            devices.append({**volume, "uuid": root_volume_id, "boot_index": 0})
        else:
            image = {"source_type": "image", "destination_type": "local", "delete_on_termination": True}
            devices.append({**image, "uuid": self._spec.server.image_id, "boot_index": 0})
        if data_volume_id:
            device = {**volume, "uuid": data_volume_id, "boot_index": -1}
            name = self._spec.data_volume.device_name if self._spec.data_volume else None
            devices.append({**device, "device_name": name} if name else device)
        return devices


class AwaitServer(Step):
    """Wait until the new server is ACTIVE. Provides ``server_addresses``."""

    kind = ResourceKind.SERVER

    def __init__(self, compute: Compute, settings: Settings) -> None:
        super().__init__(
            "provision/server/active", "wait for the server", requires=["server_id"], provides="server_addresses"
        )
        self._compute, self._settings = compute, settings

    def execute(self, context: FlowContext, server_id: str) -> list[str]:
        """Return the server's addresses. Raises ResourceFailedError, with Nova's fault, and DeadlineExceededError."""
        seconds, check = self._settings.server_seconds, context.check_stop
        server = await_server(
            context, self._compute, server_id, "to be ACTIVE", is_active, seconds=seconds, check=check
        )
        return list(server.addresses)


class DeleteServers(DeleteStep):
    """Delete the server, found by its tag and by the row."""

    kind = ResourceKind.SERVER
    role = "server"
    plural = "servers"

    def find(self) -> Sequence[Resource]:
        """Find it. The row still knows a server that lost its tags."""
        compute = self._clouds.compute
        found = [server.id for server in compute.find_servers(self._instance.instance_id)]
        row = self._instance.server_id
        lost = [row] if row and row not in found and compute.server(row) else []
        return [Resource(self.kind, each) for each in (*found, *lost)]

    def remove(self, context: FlowContext, resource: Resource) -> None:
        """Delete it."""
        delete_server(context, self._clouds.compute, self._settings, resource.id)
