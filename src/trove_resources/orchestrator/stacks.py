"""Finding the stack of an instance, and checking that it belongs to the instance."""

from dataclasses import dataclass

from trove_resources import markers
from trove_resources.clouds.compute import Compute
from trove_resources.clouds.orchestration import Orchestration, Stack, StackRef
from trove_resources.clouds.service import Json
from trove_resources.errors import ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator import following
from trove_resources.orchestrator.template import names
from trove_resources.settings import Settings


@dataclass(frozen=True, slots=True)
class Stacks:
    """The stacks of one Heat, with the operator's settings."""

    heat: Orchestration
    settings: Settings
    compute: Compute
    """Used for one thing only, which Heat does not show: the id of a server's flavor."""

    def find(self, instance_id: str) -> Stack | None:
        """Return the stack with the name of an instance's stack, or None."""
        return next(iter(self.heat.find(markers.resource_name(instance_id))), None)

    def get(self, instance: InstanceRef) -> Stack:
        """Return the stack of an instance. Raises ResourceFailedError if it is missing, or not the instance's."""
        stack = self.find(instance.instance_id)
        if stack is None:
            raise ResourceFailedError(
                kind=ResourceKind.STACK,
                resource_id=markers.resource_name(instance.instance_id),
                status="not found",
                fault="it was deleted; delete the instance, or restore a backup of it",
            )
        self.check_owner(stack, instance)
        return stack

    def now(self, context: FlowContext, ref: StackRef) -> Stack:
        """Return the current state of a stack. Raises ResourceFailedError if it was deleted."""
        stack = context.attempt(lambda: self.heat.stack(ref))
        if stack is None:
            raise following.gone(ref)
        return stack

    def template(self, context: FlowContext, ref: StackRef) -> Json:
        """Return a stack's template. Raises ResourceFailedError if somebody removed the server from it."""
        template = context.attempt(lambda: self.heat.template(ref))
        if names.SERVER not in template.get("resources", {}):
            raise ResourceFailedError(
                kind=ResourceKind.STACK,
                resource_id=ref.name,
                status="changed by hand",
                fault=f"its template has no resource {names.SERVER}; update the stack with a template that has one",
            )
        return template

    @staticmethod
    def check_owner(stack: Stack, instance: InstanceRef) -> None:
        """Raise ResourceFailedError if a stack is not the one in the instance's row, or has no tag of this engine."""
        if instance.stack_id and instance.stack_id != stack.ref.id:
            fault = f"Trove's row names the stack {instance.stack_id}, Heat has {stack.ref.id}; correct the wrong one"
            raise following.of_stack(stack, fault)
        if markers.ENGINE_TAG not in stack.tags:
            fault = (
                f"it has no tag {markers.ENGINE_TAG}: either it is not the instance's stack, or its tags were replaced;"
                " in that case, add the tag again"
            )
            raise following.of_stack(stack, fault)


def minutes(seconds: float) -> int:
    """Return a timeout for Heat, which counts in minutes; it never ends before ours."""
    return int(seconds // 60) + 2
