"""The orchestrator: it delegates everything to Heat, one stack an instance."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.clouds import Clouds
from trove_resources.contract import GuestHooks, Reconciled, ResourceManager
from trove_resources.errors import ResourceNotFoundError
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.orchestrator import flows, observe, provision, reconcile
from trove_resources.orchestrator.signals import SIGNALS, check_signals
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.steps.server_group import AwaitGroup, CreateGroup, DeleteGroup
from trove_resources.orchestrator.template import names
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, FlavorSpec, InstanceSpec, RebuildSpec, check, check_access

__all__ = ["Orchestrator"]


class Orchestrator(ResourceManager):
    """Resources of instances by Heat alone.

    With the plug-in of Heat it does all there is. Without, and for a stack made without, a resize is confirmed by Heat
    before the guest is looked at, and resized back if that is not well; reboot, migrate and rebuild are refused.
    """

    name = "orchestrator"
    conditions: ClassVar[Mapping[str, str]] = dict.fromkeys(sorted(SIGNALS), "with Heat's plug-in")

    def __init__(self, clouds: Clouds, settings: Settings | None = None) -> None:
        self._clouds = clouds
        self._stacks = Stacks(clouds.orchestration, settings or Settings(), clouds.compute)

    def require_supported(self, operation: str, instance: InstanceRef) -> None:
        """Raise OperationIsNotSupported for a signal to a server that takes none: it is asked, for its type stays."""
        stack = self._stacks.find(instance.instance_id) if operation in SIGNALS else None
        if stack is None:
            # The flow says that it is gone.
            return
        try:
            server = self._clouds.orchestration.resource(stack.ref, names.SERVER)
        except ResourceNotFoundError:
            # And that somebody changed it by hand.
            return
        check_signals(server.type, operation)

    def provision(self, spec: InstanceSpec) -> Flow:
        """One stack. Announces ``stack_id`` first."""
        return provision.flow(self._clouds, self._stacks, check(spec))

    def delete(self, instance: InstanceRef) -> Flow:
        """The stack, with all it has."""
        self.require_own(instance)
        return flows.delete(self._clouds, self._stacks, instance)

    def resize_flavor(self, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
        """An update that stops at VERIFY_RESIZE, confirmed by a signal after ``verify``, reverted otherwise."""
        self.require_own(instance)
        return flows.resize_flavor(self._stacks, instance, flavor, verify)

    def resize_volume(self, instance: InstanceRef, size: int, around: GuestHooks) -> Flow:
        """An update that grows the volume in use, whatever ``online_volume_resize`` says: Heat detaches none."""
        self.require_own(instance)
        return flows.resize_volume(self._stacks, instance, size, around)

    def update_access(self, instance: InstanceRef, access: AccessSpec) -> Flow:
        """Updates that add, then remove; a floating IP is the first to come and the last to go."""
        self.require_own(instance)
        return flows.update_access(self._stacks, instance, check_access(access))

    def reboot(self, instance: InstanceRef) -> Flow:
        """A signal."""
        self.require_own(instance)
        return flows.reboot(self._stacks, instance)

    def rebuild(self, instance: InstanceRef, spec: RebuildSpec) -> Flow:
        """A signal with image and user data."""
        self.require_own(instance)
        return flows.rebuild(self._stacks, instance, spec)

    def migrate(self, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
        """A signal, and another after ``verify``."""
        self.require_own(instance)
        return flows.migrate(self._stacks, instance, host, verify)

    def create_dns_record(self, instance: InstanceRef, address: str) -> Flow:
        """An update, where the stack may have the record."""
        self.require_own(instance)
        return flows.create_dns_record(self._clouds, self._stacks, instance, address)

    def delete_dns_record(self, instance: InstanceRef) -> Flow:
        """An update, where the stack may have the record."""
        self.require_own(instance)
        return flows.delete_dns_record(self._clouds, self._stacks, instance)

    def create_group(self, instance_id: str, policy: str) -> Flow:
        """A stack of its own."""
        made = CreateGroup(self._stacks, instance_id, policy)
        return LinearFlow(f"create_group/{instance_id}").add(made, AwaitGroup(self._stacks))

    def delete_group(self, instance_id: str) -> Flow:
        """Its stack."""
        return LinearFlow(f"delete_group/{instance_id}").add(DeleteGroup(self._stacks, instance_id))

    def observe(self, instance: InstanceRef) -> Inventory:
        """Each resource of the stack, as its service shows it to Heat."""
        self.require_own(instance)
        return observe.observe(self._clouds.dns, self._stacks, instance.instance_id)

    def sweep(self, now: datetime) -> Sequence[str]:
        """End every resize that waits, although its time is over: its engine has died."""
        return reconcile.sweep(self._clouds.orchestration, now)

    def settle(self, instance: InstanceRef, now: datetime) -> Reconciled | None:
        """Return what the stack says, once Heat is done with it."""
        return reconcile.settle(self._stacks, instance, now)
