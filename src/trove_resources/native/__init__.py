"""The native manager: it calls Nova, Cinder, Neutron and Designate itself."""

from taskflow.flow import Flow

from trove_resources import markers
from trove_resources.contract import GuestHooks, ResourceManager
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.native import flows
from trove_resources.native.steps.server_group import Remove
from trove_resources.spec import AccessSpec, FlavorSpec, InstanceSpec, RebuildSpec, check, check_access

__all__ = ["Native"]


class Native(ResourceManager):
    """Manages the resources of instances with the services' own APIs."""

    name = "native"

    def provision(self, spec: InstanceSpec) -> Flow:
        """Volumes and network at the same time, then the server, then its DNS record."""
        return flows.provision(self.clouds, self.settings, check(spec))

    def delete(self, instance: InstanceRef) -> Flow:
        """The server first: it uses the rest."""
        return flows.delete(self.clouds, self.settings, instance)

    def resize_flavor(self, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
        """Nova's resize, confirmed after ``verify``, reverted on failure."""
        return flows.resize_flavor(self.clouds, self.settings, instance, flavor, verify)

    def resize_volume(self, instance: InstanceRef, size: int, guest: GuestHooks) -> Flow:
        """Cinder's extend, while the volume is attached or detached."""
        return flows.resize_volume(self.clouds, self.settings, instance, size, guest)

    def update_access(self, instance: InstanceRef, access: AccessSpec) -> Flow:
        """Rules added, then others deleted; a floating IP is created first and deleted last."""
        return flows.update_access(self.clouds, self.settings, instance, check_access(access))

    def reboot(self, instance: InstanceRef) -> Flow:
        """Nova's reboot."""
        return flows.reboot(self.clouds, self.settings, instance)

    def rebuild(self, instance: InstanceRef, spec: RebuildSpec) -> Flow:
        """Nova's rebuild."""
        return flows.rebuild(self.clouds, self.settings, instance, spec)

    def migrate(self, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
        """Nova's cold migration, confirmed after ``verify``, reverted on failure."""
        return flows.migrate(self.clouds, self.settings, instance, host, verify)

    def create_group(self, instance: InstanceRef, policy: str) -> Flow:
        """Nova's server group."""
        return flows.create_group(self.clouds, instance, policy)

    def delete_group(self, instance: InstanceRef, first: Remove | None = None) -> Flow:
        """Nova's server group; ``first`` removes what another engine holds of it."""
        return flows.delete_group(self.clouds, instance, first)

    def observe(self, instance: InstanceRef) -> Inventory:
        """One list request per kind of resource."""
        clouds, instance_id = self.clouds, instance.instance_id
        ports = clouds.network.find_ports(instance_id)
        group = markers.security_group_name(self.settings.security_group_prefix, instance_id)
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
