"""The flows of the native manager, one per operation."""

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow
from taskflow.patterns.unordered_flow import Flow as UnorderedFlow

from trove_resources.clouds import Clouds
from trove_resources.contract import GuestHooks
from trove_resources.flows.delete import CheckNothingIsLeft
from trove_resources.flows.dns_record import CreateDnsRecord, DeleteDnsRecord
from trove_resources.flows.volume_size import NoteVolumeSize
from trove_resources.inventory import InstanceRef
from trove_resources.native.steps.floating_ip import CreateFloatingIp, DeleteFloatingIps, RemoveFloatingIps
from trove_resources.native.steps.port import CheckRouter, CreatePort, DeletePorts, FindUserPort
from trove_resources.native.steps.security_group import (
    AddRules,
    CreateRules,
    CreateSecurityGroup,
    DeleteSecurityGroups,
    ReadRules,
    RemoveRules,
)
from trove_resources.native.steps.server import AwaitServer, CreateServer, DeleteServers
from trove_resources.native.steps.server_group import CreateGroup, DeleteGroup, Remove
from trove_resources.native.steps.server_move import AwaitConfirmed, ConfirmMove, MigrateServer, ResizeServer
from trove_resources.native.steps.server_reboot import RebootServer
from trove_resources.native.steps.server_rebuild import RebuildServer
from trove_resources.native.steps.volume import AwaitVolume, CreateVolume, DeleteVolumes
from trove_resources.native.steps.volume_resize import AttachVolume, DetachVolume, ExtendAttached, ExtendDetached
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, FlavorSpec, InstanceSpec, PortSpec, RebuildSpec, VolumeSpec


def provision(clouds: Clouds, settings: Settings, spec: InstanceSpec) -> Flow:
    """Volumes and network at the same time, then the server, then its DNS record."""
    parts = UnorderedFlow("provision/parts")
    parts.add(_network(clouds, settings, spec))
    for volume in (spec.data_volume, spec.root_volume):
        if volume is not None:
            parts.add(_volume(clouds, settings, volume))
    whole = LinearFlow(f"provision/{spec.instance_id}")
    whole.add(parts, CreateServer(clouds, settings, spec), AwaitServer(clouds.compute, settings))
    if spec.dns and clouds.dns.enabled:
        whole.add(CreateDnsRecord(clouds))
    return whole


def delete(clouds: Clouds, settings: Settings, instance: InstanceRef) -> Flow:
    """The server, then at the same time what it used; the security group only after the ports that use it."""
    arguments = (clouds, settings, instance)
    network = LinearFlow("delete/network")
    network.add(DeleteFloatingIps(*arguments), DeletePorts(*arguments), DeleteSecurityGroups(*arguments))
    rest = UnorderedFlow("delete/rest")
    rest.add(network, DeleteVolumes(*arguments))
    if clouds.dns.enabled:
        rest.add(DeleteDnsRecord(*arguments))
    return LinearFlow(f"delete/{instance.instance_id}").add(DeleteServers(*arguments), rest, CheckNothingIsLeft())


def resize_flavor(clouds: Clouds, settings: Settings, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
    """The resize, the guest's check on the new flavor, and only then the confirmation."""
    operation = ResizeServer.operation
    return LinearFlow(f"{operation}/server").add(
        ResizeServer(clouds, settings, instance, flavor),
        verify,
        ConfirmMove(clouds.compute, operation, flavor_id=flavor.id),
        AwaitConfirmed(clouds.compute, settings, operation),
    )


def migrate(clouds: Clouds, settings: Settings, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
    """The migration, the guest's check on the new host, and only then the confirmation."""
    operation = MigrateServer.operation
    return LinearFlow(f"{operation}/server").add(
        MigrateServer(clouds, settings, instance, host),
        verify,
        ConfirmMove(clouds.compute, operation),
        AwaitConfirmed(clouds.compute, settings, operation),
    )


def resize_volume(clouds: Clouds, settings: Settings, instance: InstanceRef, size: int, guest: GuestHooks) -> Flow:
    """The volume extended while it is attached; where that is impossible, the following steps do it detached."""
    arguments = (clouds, settings, instance)
    return LinearFlow(f"resize_volume/{instance.instance_id}/volume").add(
        ExtendAttached(*arguments, size),
        guest.before,
        DetachVolume(*arguments),
        ExtendDetached(*arguments, size),
        NoteVolumeSize(size),
        AttachVolume(*arguments),
        guest.after,
    )


def update_access(clouds: Clouds, settings: Settings, instance: InstanceRef, access: AccessSpec) -> Flow:
    """First what can be undone; last what cannot, a floating IP that is released."""
    network = clouds.network
    whole = LinearFlow(f"update_access/{instance.instance_id}")
    if access.public:
        floating_ip = CreateFloatingIp(network, settings, instance.tenant_id, operation="update_access")
        whole.add(FindUserPort(network, instance), floating_ip)
    whole.add(ReadRules(network, settings, instance, access), AddRules(network), RemoveRules(network))
    if access.public is False:
        whole.add(RemoveFloatingIps(network, instance))
    return whole


def reboot(clouds: Clouds, settings: Settings, instance: InstanceRef) -> Flow:
    """One step."""
    return LinearFlow(f"reboot/{instance.instance_id}/server").add(RebootServer(clouds.compute, settings, instance))


def rebuild(clouds: Clouds, settings: Settings, instance: InstanceRef, spec: RebuildSpec) -> Flow:
    """One step."""
    return LinearFlow(f"rebuild/{instance.instance_id}/server").add(RebuildServer(clouds, settings, instance, spec))


def create_group(clouds: Clouds, instance: InstanceRef, policy: str) -> Flow:
    """One step."""
    return LinearFlow(f"create_group/{instance.instance_id}").add(CreateGroup(clouds.compute, instance, policy))


def delete_group(clouds: Clouds, instance: InstanceRef, first: Remove | None) -> Flow:
    """One step."""
    return LinearFlow(f"delete_group/{instance.instance_id}").add(DeleteGroup(clouds.compute, instance, first))


def _network(clouds: Clouds, settings: Settings, spec: InstanceSpec) -> Flow:
    network = LinearFlow("provision/network")
    if spec.security_group is not None:
        network.add(CreateSecurityGroup(clouds.network, spec.security_group))
    ports = UnorderedFlow("provision/ports")
    for port in spec.ports:
        ports.add(_port(clouds, settings, spec, port))
    if spec.security_group is not None:
        ports.add(CreateRules(clouds.network, spec.security_group))
    network.add(ports)
    return network


def _port(clouds: Clouds, settings: Settings, spec: InstanceSpec, port: PortSpec) -> Flow:
    steps = LinearFlow(f"provision/{port.role}_port")
    steps.add(CreatePort(clouds.network, port))
    if port.role == "user" and settings.require_router:
        steps.add(CheckRouter(clouds.network))
    if port.role == "user" and spec.public:
        steps.add(CreateFloatingIp(clouds.network, settings, spec.tenant_id))
    return steps


def _volume(clouds: Clouds, settings: Settings, volume: VolumeSpec) -> Flow:
    steps = LinearFlow(f"provision/{volume.role}_volume")
    steps.add(CreateVolume(clouds.volume, settings, volume), AwaitVolume(clouds.volume, settings, volume.role))
    return steps
