"""What an instance still has when its stack was not found: it may have been abandoned instead of deleted."""

from collections.abc import Iterator

from trove_resources import markers
from trove_resources.clouds import Clouds
from trove_resources.errors import Leftover
from trove_resources.flows.context import FlowContext
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind


def note_orphans(context: FlowContext, clouds: Clouds, instance: InstanceRef, prefix: str) -> None:
    """Record each resource that carries the instance's marker, if the row names a stack. Raises CloudError.

    ``prefix`` is that of the names of security groups.
    Nothing is deleted: somebody chose to keep it. A create that was never given a stack has left nothing.
    """
    if not instance.stack_id:
        return
    reason = (
        f"Heat no longer has the stack {instance.stack_id} of Trove's row: it was abandoned; delete this resource by"
        " hand, and then the instance again"
    )
    found = context.attempt(lambda: list(_orphans(clouds, instance, prefix)))
    context.leftovers += [Leftover(kind=kind, resource_id=id_, reason=reason) for kind, id_ in found]


def _orphans(clouds: Clouds, instance: InstanceRef, prefix: str) -> Iterator[tuple[ResourceKind, str]]:
    id_ = instance.instance_id
    for server in clouds.compute.find_servers(id_):
        yield ResourceKind.SERVER, server.id
    for volume in clouds.volume.find_volumes(id_):
        # A volume with snapshots stays until the last of them is deleted.
        if volume.status != "available" or not clouds.volume.find_snapshots(volume.id):
            yield ResourceKind.of_volume(volume.role), volume.id
    network, ports = clouds.network, clouds.network.find_ports(id_)
    for port in ports:
        yield ResourceKind.of_port(markers.port_role(port.description)), port.id
    strays = network.find_stray_floating_ips(id_, instance.tenant_id)
    for floating_ip in (*network.find_floating_ips([port.id for port in ports]), *strays):
        yield ResourceKind.FLOATING_IP, floating_ip.id
    by_name = network.find_security_groups(markers.security_group_name(prefix, id_))
    for group_id in sorted(
        {each for port in ports for each in port.security_group_ids} | {each.id for each in by_name}
    ):
        if network.security_group(group_id).description.startswith(f"Security group for trove instance {id_}"):
            yield ResourceKind.SECURITY_GROUP, group_id
