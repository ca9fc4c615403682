"""The flows of the orchestrator. Those that change an existing instance first read its stack back."""

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.clouds import Clouds
from trove_resources.clouds.service import Json
from trove_resources.contract import GuestHooks
from trove_resources.flows.delete import CheckNothingIsLeft
from trove_resources.flows.dns_record import CreateDnsRecord
from trove_resources.flows.volume_size import NoteVolumeSize
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.markers import Owner
from trove_resources.orchestrator import template
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.steps.dns_record import DeleteDnsRecordBeside, NoteDnsRecord, ReadAddresses
from trove_resources.orchestrator.steps.floating_ip import DeleteFloatingIp
from trove_resources.orchestrator.steps.security_group import CloseAccess, OpenAccess, ReadRules
from trove_resources.orchestrator.steps.server_group import AwaitGroup, CreateGroup, DeleteGroup
from trove_resources.orchestrator.steps.server_migrate import AwaitMigrated, ConfirmMigration, MigrateServer
from trove_resources.orchestrator.steps.server_reboot import RebootServer
from trove_resources.orchestrator.steps.server_rebuild import RebuildServer, WriteDownRebuild
from trove_resources.orchestrator.steps.server_resize import AwaitResized, ConfirmResize, ResizeServer
from trove_resources.orchestrator.steps.stack import AwaitStack, CreateStack, DeleteStack, NoteOutput, ReadStack
from trove_resources.orchestrator.steps.volume_resize import ExtendVolume
from trove_resources.orchestrator.template import names, network
from trove_resources.spec import AccessSpec, FlavorSpec, InstanceSpec, RebuildSpec


def provision(clouds: Clouds, stacks: Stacks, spec: InstanceSpec) -> Flow:
    """Create the stack, announce its resources, and create the DNS record if it is not part of the stack.

    Raises InvalidSpecError.
    """
    recordset = clouds.dns.recordset(spec.instance_id) if spec.dns and spec.port("user") else None
    public_network_id = stacks.settings.public_network_id
    if spec.public:
        network.require_public_network(public_network_id)

    def build(owner: Owner) -> tuple[Json, Json]:
        types = names.PLUG_IN if clouds.orchestration.has_type(names.PLUG_IN.server) else names.STOCK
        return template.build(spec, owner, types=types, public_network_id=public_network_id, recordset=recordset)

    flow = LinearFlow(f"provision/{spec.instance_id}")
    flow.add(CreateStack(stacks, spec.instance_id, build, version=names.VERSION), AwaitStack(stacks, spec.instance_id))
    if spec.data_volume is not None:
        flow.add(NoteOutput(ResourceKind.DATA_VOLUME, announces="volume_id", output=f"{names.DATA_VOLUME}_id"))
    flow.add(NoteOutput(ResourceKind.SERVER, announces="server_id", output=f"{names.SERVER}_id"))
    if recordset is not None:
        flow.add(NoteDnsRecord(recordset))
    elif spec.dns and clouds.dns.enabled:
        flow.add(ReadAddresses(), CreateDnsRecord(clouds))
    return flow


def delete(clouds: Clouds, stacks: Stacks, instance: InstanceRef) -> Flow:
    """Delete the stack, and then the DNS record if it is not part of the stack."""
    flow = LinearFlow(f"delete/{instance.instance_id}").add(DeleteStack(stacks, instance))
    if clouds.dns.enabled:
        flow.add(DeleteDnsRecordBeside(clouds, stacks.settings, instance))
    return flow.add(CheckNothingIsLeft())


def resize_flavor(stacks: Stacks, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
    """Resize the server, verify the guest on the new flavor, and confirm the resize."""
    return LinearFlow(f"resize_flavor/{instance.instance_id}/server").add(
        ReadStack(stacks, instance, "resize_flavor", flavor=flavor),
        ResizeServer(stacks, instance, flavor),
        verify,
        ConfirmResize(stacks, flavor),
        AwaitResized(stacks),
    )


def resize_volume(stacks: Stacks, instance: InstanceRef, size: int, guest: GuestHooks) -> Flow:
    """Extend the attached volume; the guest then only grows its file system."""
    return LinearFlow(f"resize_volume/{instance.instance_id}/volume").add(
        ReadStack(stacks, instance, "resize_volume"),
        ExtendVolume(stacks, size),
        NoteVolumeSize(size),
        guest.before,
        guest.after,
    )


def update_access(stacks: Stacks, instance: InstanceRef, access: AccessSpec) -> Flow:
    """Change rules and floating IP. What cannot be undone, the release of a floating IP, comes last."""
    flow = LinearFlow(f"update_access/{instance.instance_id}").add(
        ReadStack(stacks, instance, "update_access"),
        ReadRules(stacks, access),
        OpenAccess(stacks, instance, public=bool(access.public)),
        CloseAccess(stacks),
    )
    if access.public is False:
        flow.add(DeleteFloatingIp(stacks))
    return flow


def reboot(stacks: Stacks, instance: InstanceRef) -> Flow:
    """Reboot the server by a signal."""
    return LinearFlow(f"reboot/{instance.instance_id}/server").add(
        ReadStack(stacks, instance, "reboot"), RebootServer(stacks)
    )


def rebuild(stacks: Stacks, instance: InstanceRef, spec: RebuildSpec) -> Flow:
    """Rebuild the server by a signal, and then write its new image into the stack's template."""
    return LinearFlow(f"rebuild/{instance.instance_id}/server").add(
        ReadStack(stacks, instance, "rebuild"), RebuildServer(stacks, spec), WriteDownRebuild(stacks, spec)
    )


def migrate(stacks: Stacks, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
    """Migrate the server by a signal, verify the guest on the new host, and confirm the migration."""
    return LinearFlow(f"migrate/{instance.instance_id}/server").add(
        ReadStack(stacks, instance, "migrate"),
        MigrateServer(stacks, instance, host),
        verify,
        ConfirmMigration(stacks),
        AwaitMigrated(stacks),
    )


def create_group(stacks: Stacks, instance: InstanceRef, policy: str) -> Flow:
    """Create the stack of a server group."""
    return LinearFlow(f"create_group/{instance.instance_id}").add(
        CreateGroup(stacks, instance, policy), AwaitGroup(stacks)
    )


def delete_group(stacks: Stacks, instance: InstanceRef) -> Flow:
    """Delete the stack of a server group."""
    return LinearFlow(f"delete_group/{instance.instance_id}").add(DeleteGroup(stacks, instance))
