"""The flows that change an instance which is there: each reads its stack back first."""

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.clouds import Clouds
from trove_resources.contract import GuestHooks
from trove_resources.flows.delete import CheckNothingIsLeft
from trove_resources.flows.dns_record import CreateDnsRecord, DeleteDnsRecord
from trove_resources.flows.volume_size import NoteVolumeSize
from trove_resources.inventory import InstanceRef
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.steps.delete import DeleteOtherDnsRecord, DeleteStack
from trove_resources.orchestrator.steps.dns import AddRecord, RemoveRecord
from trove_resources.orchestrator.steps.read import ReadStack
from trove_resources.orchestrator.steps.security_group import CloseAccess, OpenAccess, ReadRules, RemoveFloatingIp
from trove_resources.orchestrator.steps.server import RebootServer, RebuildServer, WriteDownRebuild
from trove_resources.orchestrator.steps.server_migrate import AwaitMigrated, ConfirmMigration, MigrateServer
from trove_resources.orchestrator.steps.server_resize import AwaitResized, ConfirmResize, ResizeServer
from trove_resources.orchestrator.steps.volume_resize import GrowVolume
from trove_resources.spec import AccessSpec, FlavorSpec, RebuildSpec


def delete(clouds: Clouds, stacks: Stacks, instance: InstanceRef) -> Flow:
    """The stack, then its DNS record where that is not in it."""
    whole = LinearFlow(f"delete/{instance.instance_id}").add(DeleteStack(stacks, instance))
    if clouds.dns.enabled:
        whole.add(DeleteOtherDnsRecord(clouds, stacks.settings, instance))
    return whole.add(CheckNothingIsLeft())


def resize_flavor(stacks: Stacks, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
    """The server on the new flavor, the guest well on it, and only then the old one given up."""
    return LinearFlow(f"resize_flavor/{instance.instance_id}/server").add(
        ReadStack(stacks, instance, "resize_flavor", flavor=flavor),
        ResizeServer(stacks, instance, flavor),
        verify,
        ConfirmResize(stacks, flavor),
        AwaitResized(stacks),
    )


def resize_volume(stacks: Stacks, instance: InstanceRef, size: int, around: GuestHooks) -> Flow:
    """The volume grown in use; what is around a detachment has then little to do."""
    return LinearFlow(f"resize_volume/{instance.instance_id}/volume").add(
        ReadStack(stacks, instance, "resize_volume"),
        GrowVolume(stacks, size),
        NoteVolumeSize(size),
        around.before,
        around.after,
    )


def update_access(stacks: Stacks, instance: InstanceRef, access: AccessSpec) -> Flow:
    """What can be taken back comes first; what cannot, a floating IP given away, comes last."""
    whole = LinearFlow(f"update_access/{instance.instance_id}")
    whole.add(
        ReadStack(stacks, instance, "update_access"),
        ReadRules(stacks, access),
        OpenAccess(stacks, instance, public=bool(access.public)),
        CloseAccess(stacks),
    )
    if access.public is False:
        whole.add(RemoveFloatingIp(stacks))
    return whole


def reboot(stacks: Stacks, instance: InstanceRef) -> Flow:
    """A signal."""
    return LinearFlow(f"reboot/{instance.instance_id}/server").add(
        ReadStack(stacks, instance, "reboot"), RebootServer(stacks)
    )


def rebuild(stacks: Stacks, instance: InstanceRef, spec: RebuildSpec) -> Flow:
    """A signal, and then the stack says so."""
    return LinearFlow(f"rebuild/{instance.instance_id}/server").add(
        ReadStack(stacks, instance, "rebuild"), RebuildServer(stacks, spec), WriteDownRebuild(stacks, spec)
    )


def migrate(stacks: Stacks, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
    """The server on another host, the guest well there, and only then the old place given up."""
    return LinearFlow(f"migrate/{instance.instance_id}/server").add(
        ReadStack(stacks, instance, "migrate"),
        MigrateServer(stacks, instance, host),
        verify,
        ConfirmMigration(stacks),
        AwaitMigrated(stacks),
    )


def create_dns_record(clouds: Clouds, stacks: Stacks, instance: InstanceRef, address: str) -> Flow:
    """The stack with a record, or one beside it."""
    whole = LinearFlow(f"create_dns_record/{instance.instance_id}")
    recordset = clouds.dns.recordset(instance.instance_id)
    if recordset is None:
        return whole.add(CreateDnsRecord(clouds, operation="create_dns_record", addresses=[address]))
    return whole.add(ReadStack(stacks, instance, "create_dns_record"), AddRecord(stacks, recordset, address))


def delete_dns_record(clouds: Clouds, stacks: Stacks, instance: InstanceRef) -> Flow:
    """The stack without its record, or the one beside it gone."""
    whole, operation = LinearFlow(f"delete_dns_record/{instance.instance_id}"), "delete_dns_record"
    recordset = clouds.dns.recordset(instance.instance_id)
    if recordset is None:
        gone = DeleteDnsRecord(clouds, stacks.settings, instance, operation=operation)
        return whole.add(gone, CheckNothingIsLeft(operation))
    return whole.add(ReadStack(stacks, instance, operation), RemoveRecord(stacks, recordset))
