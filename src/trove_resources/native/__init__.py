"""The native manager: it calls Nova, Cinder, Neutron and Designate itself."""

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources import markers
from trove_resources.clouds import Clouds
from trove_resources.contract import GuestHooks, ResourceManager
from trove_resources.flows.delete import CheckNothingIsLeft
from trove_resources.flows.dns_record import CreateDnsRecord, DeleteDnsRecord
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.native import access_change, deletion, growing, moving, provision
from trove_resources.native.steps.server_group import CreateGroup, DeleteGroup
from trove_resources.native.steps.server_reboot import RebootServer, RebuildServer
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, FlavorSpec, InstanceSpec, RebuildSpec, check, check_access

__all__ = ["Native", "Settings"]


class Native(ResourceManager):
    """Resources of instances by the services' own APIs."""

    name = "native"

    def __init__(self, clouds: Clouds, settings: Settings | None = None) -> None:
        self._clouds = clouds
        self._settings = settings or Settings()

    def provision(self, spec: InstanceSpec) -> Flow:
        """Volumes, network and, on them, the server; then its DNS record."""
        return provision.flow(self._clouds, self._settings, check(spec))

    def delete(self, instance: InstanceRef) -> Flow:
        """The server first: it holds the rest."""
        self.require_own(instance)
        return deletion.flow(self._clouds, self._settings, instance)

    def resize_flavor(self, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
        """Nova's resize, confirmed after ``verify``, reverted otherwise."""
        self.require_own(instance)
        return moving.resize(self._clouds, self._settings, instance, flavor, verify)

    def resize_volume(self, instance: InstanceRef, size: int, around: GuestHooks) -> Flow:
        """Cinder's extend, in use or around a detach."""
        self.require_own(instance)
        return growing.flow(self._clouds, self._settings, instance, size, around)

    def update_access(self, instance: InstanceRef, access: AccessSpec) -> Flow:
        """Rules added, then removed; a floating IP is the first to come and the last to go."""
        self.require_own(instance)
        return access_change.flow(self._clouds.network, self._settings, instance, check_access(access))

    def reboot(self, instance: InstanceRef) -> Flow:
        """One step."""
        self.require_own(instance)
        return LinearFlow(f"reboot/{instance.instance_id}/server").add(
            RebootServer(self._clouds.compute, self._settings, instance)
        )

    def rebuild(self, instance: InstanceRef, spec: RebuildSpec) -> Flow:
        """One step."""
        self.require_own(instance)
        return LinearFlow(f"rebuild/{instance.instance_id}/server").add(
            RebuildServer(self._clouds, self._settings, instance, spec)
        )

    def migrate(self, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
        """Nova's cold migration, confirmed after ``verify``, reverted otherwise."""
        self.require_own(instance)
        return moving.migrate(self._clouds, self._settings, instance, host, verify)

    def create_dns_record(self, instance: InstanceRef, address: str) -> Flow:
        """One step."""
        self.require_own(instance)
        flow = LinearFlow(f"create_dns_record/{instance.instance_id}")
        return flow.add(CreateDnsRecord(self._clouds, operation="create_dns_record", addresses=[address]))

    def delete_dns_record(self, instance: InstanceRef) -> Flow:
        """One step, and what came of it."""
        self.require_own(instance)
        flow, operation = LinearFlow(f"delete_dns_record/{instance.instance_id}"), "delete_dns_record"
        gone = DeleteDnsRecord(self._clouds, self._settings, instance, operation=operation)
        return flow.add(gone, CheckNothingIsLeft(operation))

    def create_group(self, instance_id: str, policy: str) -> Flow:
        """One step."""
        return LinearFlow(f"create_group/{instance_id}").add(CreateGroup(self._clouds.compute, instance_id, policy))

    def delete_group(self, instance_id: str) -> Flow:
        """One step."""
        return LinearFlow(f"delete_group/{instance_id}").add(DeleteGroup(self._clouds.compute, instance_id))

    def observe(self, instance: InstanceRef) -> Inventory:
        """One list a kind."""
        self.require_own(instance)
        clouds, instance_id = self._clouds, instance.instance_id
        ports = clouds.network.find_ports(instance_id)
        group = markers.security_group_name(self._settings.security_group_prefix, instance_id)
        return Inventory(
            servers=tuple(clouds.compute.find_servers(instance_id)),
            volumes=tuple(clouds.volume.find_volumes(instance_id)),
            ports=tuple(ports),
            security_groups=tuple(clouds.network.find_security_groups(group)),
            floating_ips=(
                *clouds.network.find_floating_ips([port.id for port in ports]),
                *clouds.network.find_stray_floating_ips(instance_id, instance.tenant_id),
            ),
            dns_names=tuple(clouds.dns.find(instance_id)),
        )
