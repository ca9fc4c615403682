"""What a delete removes: the stack, and the DNS record where that is not in it."""

from trove_resources.clouds import Clouds
from trove_resources.errors import Leftover, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.dns_record import DeleteDnsRecord
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.orchestrator.stack_delete import delete_stack, leftovers_of
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import names
from trove_resources.settings import Settings


class DeleteStack(Step):
    """Delete the stack, wherever it stands; what it could not delete is noted, each resource with its reason."""

    def __init__(self, stacks: Stacks, instance: InstanceRef) -> None:
        super().__init__("delete/stack/delete", "delete the stack", provides="had_record")
        self._stacks, self._instance = stacks, instance

    def execute(self, context: FlowContext) -> bool:
        """Return whether the DNS record was in it."""
        had_record: list[bool] = []
        what = f"of instance {self._instance.instance_id}"
        context.try_or_note("stack", what, lambda: had_record.append(self._delete(context)))
        return any(had_record)

    def _delete(self, context: FlowContext) -> bool:
        stack = context.attempt(lambda: self._stacks.find(self._instance.instance_id))
        if stack is None:
            return False
        self._stacks.check_owner(stack, self._instance)
        resources = context.attempt(lambda: self._stacks.heat.resources(stack.ref))
        try:
            delete_stack(context, self._stacks, stack.ref)
        except ResourceFailedError:
            left = leftovers_of(context, self._stacks, stack.ref)
            if not left:
                raise
            context.leftovers += [
                Leftover(kind=each.kind, resource_id=each.resource_id, reason=each.fault) for each in left
            ]
        return any(each.name == names.DNS_RECORD for each in resources)


class DeleteOtherDnsRecord(DeleteDnsRecord):
    """The DNS record, unless the stack had it."""

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef) -> None:
        super().__init__(clouds, settings, instance, requires=["had_record"])

    def execute(self, context: FlowContext, had_record: bool = False) -> None:  # noqa: FBT001, FBT002 - TaskFlow gives it by name
        """Delete it, and return when it is gone."""
        if not had_record:
            super().execute(context)
