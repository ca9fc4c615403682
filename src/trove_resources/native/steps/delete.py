"""What a delete removes, kind by kind."""

from collections.abc import Sequence

from trove_resources.errors import ResourceInUseError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.delete import DeleteStep
from trove_resources.markers import security_group_name
from trove_resources.native.steps.server import delete_server
from trove_resources.native.steps.volume import delete_volume


class DeleteServers(DeleteStep):
    """The server, by its tag and by the row."""

    kind = "server"
    role = "server"

    def find(self) -> Sequence[str]:
        """Find it; one that lost its tags is known by the row."""
        compute = self._clouds.compute
        found = [server.id for server in compute.find_servers(self._instance.instance_id)]
        row = self._instance.server_id
        return [*found, row] if row and row not in found and compute.server(row) else found

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it."""
        delete_server(context, self._clouds.compute, self._settings, resource_id)


class DeleteFloatingIps(DeleteStep):
    """The floating IPs of the instance's ports, whoever owns them, and those that lost their port."""

    kind = "floating IP"
    role = "floating_ip"

    def find(self) -> Sequence[str]:
        """Find them by the ports; those without, by their description."""
        network, instance = self._clouds.network, self._instance
        ports = [port.id for port in network.find_ports(instance.instance_id)]
        strays = network.find_stray_floating_ips(instance.instance_id, instance.tenant_id)
        return [floating_ip.id for floating_ip in (*network.find_floating_ips(ports), *strays)]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete one."""
        context.ensure_gone(lambda: self._clouds.network.delete_floating_ip(resource_id))


class DeletePorts(DeleteStep):
    """The ports, by their name."""

    kind = "port"
    role = "port"

    def find(self) -> Sequence[str]:
        """Find them."""
        return [port.id for port in self._clouds.network.find_ports(self._instance.instance_id)]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete one."""
        context.ensure_gone(lambda: self._clouds.network.delete_port(resource_id))


class DeleteSecurityGroups(DeleteStep):
    """The security group, by its name."""

    kind = "security group"
    role = "security_group"

    def find(self) -> Sequence[str]:
        """Find it."""
        name = security_group_name(self._settings.security_group_prefix, self._instance.instance_id)
        return [group.id for group in self._clouds.network.find_security_groups(name)]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it with its rules."""
        context.ensure_gone(lambda: self._clouds.network.delete_security_group(resource_id))


class DeleteVolumes(DeleteStep):
    """The volumes, by their name and by the row: the only place where a volume with data dies."""

    kind = "volume"
    role = "volume"

    def find(self) -> Sequence[str]:
        """Find them; one that lost its name is known by the row."""
        volumes = self._clouds.volume
        found = [volume.id for volume in volumes.find_volumes(self._instance.instance_id)]
        row = self._instance.volume_id
        return [*found, row] if row and row not in found and volumes.volume(row) else found

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it, or keep a data volume that carries snapshots, marked with them: they are backups of Trove's."""
        volumes = self._clouds.volume
        try:
            delete_volume(context, volumes, self._settings, resource_id)
        except ResourceInUseError:
            volume = context.attempt(lambda: volumes.volume(resource_id))
            snapshots = context.attempt(lambda: volumes.find_snapshots(resource_id))
            if volume is None or volume.role != "data" or not snapshots:
                raise
            context.attempt(lambda: volumes.mark_retained(resource_id, snapshots))
