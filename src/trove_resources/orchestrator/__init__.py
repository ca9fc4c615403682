"""The orchestrator: a resource manager that delegates everything to Heat, with one stack per instance."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from taskflow.flow import Flow

from trove_resources.clouds import Clouds
from trove_resources.contract import GuestHooks, Reconciled, ResourceManager
from trove_resources.errors import ResourceNotFoundError
from trove_resources.flows.context import FlowContext
from trove_resources.inventory import InstanceRef, Inventory
from trove_resources.orchestrator import flows, observe, reconcile
from trove_resources.orchestrator.signals import SIGNALS, check_signals
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.steps.server_group import delete_stack_of_group
from trove_resources.orchestrator.template import names
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, FlavorSpec, InstanceSpec, RebuildSpec, check, check_access

__all__ = ["Orchestrator"]


class Orchestrator(ResourceManager):
    """Manages the resources of instances with Heat only.

    With Heat's plug-in it supports every operation. Without it, and for a stack created without it, Heat confirms a
    resize before the guest is verified, so that an unhealthy guest means a second resize; reboot, migrate and rebuild
    are refused.
    """

    name = "orchestrator"
    conditions: ClassVar[Mapping[str, str]] = dict.fromkeys(sorted(SIGNALS), "with Heat's plug-in")
    needs_heat = True

    def __init__(self, clouds: Clouds, settings: Settings) -> None:
        super().__init__(clouds, settings)
        self._stacks = Stacks(clouds.orchestration, settings, clouds.compute)

    def require_supported(self, operation: str, instance: InstanceRef) -> None:
        """Raise OperationIsNotSupported for a signal to a server whose type does not handle signals."""
        stack = self._stacks.find(instance.instance_id) if operation in SIGNALS else None
        if stack is None:
            # The flow reports a missing stack.
            return
        try:
            server = self.clouds.orchestration.resource(stack.ref, names.SERVER)
        except ResourceNotFoundError:
            # The flow reports a stack that was changed by hand.
            return
        check_signals(server.type, operation)

    def provision(self, spec: InstanceSpec) -> Flow:
        """Create one stack. Announces ``stack_id`` first."""
        return flows.provision(self.clouds, self._stacks, check(spec))

    def delete(self, instance: InstanceRef) -> Flow:
        """Delete the stack with all its resources."""
        return flows.delete(self.clouds, self._stacks, instance)

    def resize_flavor(self, instance: InstanceRef, flavor: FlavorSpec, verify: Flow) -> Flow:
        """Update the stack, which stops at VERIFY_RESIZE; a signal after ``verify`` confirms or reverts the resize."""
        return flows.resize_flavor(self._stacks, instance, flavor, verify)

    def resize_volume(self, instance: InstanceRef, size: int, guest: GuestHooks) -> Flow:
        """Update the stack. The volume stays attached, whatever ``online_volume_resize`` says: Heat detaches none."""
        return flows.resize_volume(self._stacks, instance, size, guest)

    def update_access(self, instance: InstanceRef, access: AccessSpec) -> Flow:
        """Update the stack twice, first adding and then removing. A floating IP is added first, or removed last."""
        return flows.update_access(self._stacks, instance, check_access(access))

    def reboot(self, instance: InstanceRef) -> Flow:
        """Send a signal."""
        return flows.reboot(self._stacks, instance)

    def rebuild(self, instance: InstanceRef, spec: RebuildSpec) -> Flow:
        """Send a signal with the image and the user data."""
        return flows.rebuild(self._stacks, instance, spec)

    def migrate(self, instance: InstanceRef, host: str | None, verify: Flow) -> Flow:
        """Send a signal, and after ``verify`` another that confirms or reverts the migration."""
        return flows.migrate(self._stacks, instance, host, verify)

    def create_group(self, instance: InstanceRef, policy: str) -> Flow:
        """Create a stack for the server group alone."""
        return flows.create_group(self._stacks, instance, policy)

    def delete_group(self, instance: InstanceRef) -> Flow:
        """Delete the stack of the server group."""
        return flows.delete_group(self._stacks, instance)

    def remove_group(self, context: FlowContext, group_id: str) -> None:
        """Delete the stack of a server group, if it has one and Heat answers. For a router to other engines.

        Raises ResourceFailedError, DeadlineExceededError, CloudError.
        """
        delete_stack_of_group(context, self._stacks, group_id)

    def observe(self, instance: InstanceRef) -> Inventory:
        """Read each resource of the stack, as its service shows it to Heat."""
        return observe.observe(self.clouds.dns, self._stacks, instance.instance_id)

    def end_orphaned(self, now: datetime) -> Sequence[str]:
        """Cancel the updates whose resize still waits after its deadline; return the names of their stacks."""
        return reconcile.end_orphaned(self.clouds.orchestration, now)

    def reconcile(self, instance: InstanceRef, now: datetime) -> Reconciled | None:
        """Return the flavor and size in the stack once Heat is done with it; None before."""
        return reconcile.reconcile(self._stacks, instance, now)
