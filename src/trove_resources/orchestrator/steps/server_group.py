"""Steps about the server group of an instance and its replicas. It is a stack of its own."""

import logging
from collections.abc import Sequence

from trove_resources import markers
from trove_resources.clouds.orchestration import Stack, StackRef
from trove_resources.errors import CloudError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import CreateStep, Found, Step
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator import following
from trove_resources.orchestrator.stack_delete import delete_stack
from trove_resources.orchestrator.stacks import Stacks, minutes
from trove_resources.orchestrator.template import change, names, server_group

LOG = logging.getLogger(__name__)


class CreateGroup(CreateStep[str]):
    """Create the stack of the server group, unless it exists."""

    kind = ResourceKind.SERVER_GROUP

    def __init__(self, stacks: Stacks, instance: InstanceRef, policy: str) -> None:
        super().__init__("create_group/stack/create", f"create the {policy} group", provides="group_stack")
        self._stacks, self._instance, self._policy = stacks, instance, policy
        self._name = markers.group_stack_name(instance.instance_id)

    def execute(self, context: FlowContext) -> str:
        """Return the path of the stack."""
        return self.find_or_create(context, lambda: str(self._create(context)))

    def find(self, context: FlowContext, **_: object) -> Sequence[Found[str]]:  # noqa: ARG002 - the name has the instance's id
        """Find it by its name."""
        found = self._stacks.heat.find(self._name)
        return [Found(stack.ref.id, of_task=True, value=str(stack.ref)) for stack in found]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it."""
        delete_stack(context, self._stacks, StackRef(name=self._name, id=resource_id))

    def _create(self, context: FlowContext) -> StackRef:
        template = server_group.build(self._instance.instance_id, self._policy)
        tags = ("trove_instance", markers.GROUP_TAG, context.owner.task_tag)
        timeout = minutes(self._stacks.settings.access_seconds)
        return self._stacks.heat.create(self._name, template, tags=tags, minutes=timeout)


class AwaitGroup(Step):
    """Wait for the server group, and tag its stack with the group's id."""

    kind = ResourceKind.SERVER_GROUP
    announces = "group_id"

    def __init__(self, stacks: Stacks) -> None:
        super().__init__(
            "create_group/stack/complete", "wait for the group", requires=["group_stack"], provides="group_id"
        )
        self._stacks = stacks

    def execute(self, context: FlowContext, group_stack: str) -> str:
        """Return the group's id."""
        ref = StackRef.of(group_stack)
        self._await(context, ref)
        group_id = str(context.attempt(lambda: self._stacks.heat.output(ref, server_group.ID)))
        self._tag(context, ref, markers.group_tag(group_id))
        return group_id

    def revert(self, context: FlowContext, **_: object) -> None:
        """Do nothing but withdraw the announced id: the group is deleted with its stack."""

    def _tag(self, context: FlowContext, ref: StackRef, tag: str) -> None:
        """Add a tag with the group's id: Heat does not find a stack by its resources."""
        stack = context.attempt(lambda: self._stacks.heat.stack(ref))
        if stack is None or tag in stack.tags:
            return
        tags = ",".join([*stack.tags, tag])
        seconds = self._stacks.settings.access_seconds
        context.attempt(lambda: self._stacks.heat.patch(ref, minutes=minutes(seconds), rollback=False, tags=tags))
        self._await(context, ref)

    def _await(self, context: FlowContext, ref: StackRef) -> None:
        heat, seconds = self._stacks.heat, self._stacks.settings.access_seconds
        stack = following.await_idle(context, heat, ref, seconds=seconds)
        if stack is not None and stack.status == "FAILED":
            raise context.attempt(lambda: following.failure(heat, stack))


class DeleteGroup(Step):
    """Delete the stack of the instance's server group, its own or its source's, unless the group has other members."""

    kind = ResourceKind.SERVER_GROUP

    def __init__(self, stacks: Stacks, instance: InstanceRef) -> None:
        super().__init__("delete_group/stack/delete", "delete the server group")
        self._stacks, self._instance_id = stacks, instance.instance_id

    def execute(self, context: FlowContext) -> None:
        """Delete each group that the instance created, or is a member of, and that has no other members."""
        stack = context.attempt(lambda: self._stacks.find(self._instance_id))
        own = "" if stack is None else self._server_id(context, stack)
        for each in self._groups(context, stack):
            if self._members(context, each.ref) <= {own}:
                delete_stack(context, self._stacks, each.ref)

    def _groups(self, context: FlowContext, stack: Stack | None) -> list[Stack]:
        """Return the stacks of the groups: the one with the instance's name, and the one its server was created in."""
        heat = self._stacks.heat
        found = context.attempt(lambda: heat.find(markers.group_stack_name(self._instance_id)))
        if stack is not None:
            template = context.attempt(lambda: heat.template(stack.ref))
            hints = change.properties(template, names.SERVER).get("scheduler_hints") or {}
            if "group" in hints:
                found += context.attempt(lambda: heat.find_tagged(markers.group_tag(hints["group"])))
        return list({each.ref: each for each in found}.values())

    def _members(self, context: FlowContext, ref: StackRef) -> set[str]:
        """Return the ids of the servers in a group."""
        found = context.attempt(lambda: self._stacks.heat.show_resource(ref, names.SERVER_GROUP))
        return set(found.get("members") or ())

    def _server_id(self, context: FlowContext, stack: Stack) -> str:
        found = context.attempt(lambda: self._stacks.heat.resources(stack.ref))
        return next((each.physical_id or "" for each in found if each.name == names.SERVER), "")


def delete_stack_of_group(context: FlowContext, stacks: Stacks, group_id: str) -> None:
    """Delete the stack of a server group, found by its tag; do nothing without one, or if Heat does not answer.

    Raises ResourceFailedError, DeadlineExceededError, and CloudError if the deletion fails.
    """
    tag = markers.group_tag(group_id)
    try:
        found = stacks.heat.find_tagged(tag)
    except CloudError as error:
        LOG.warning(
            "server group %s: if a stack has the tag %s, delete it; Heat did not answer: %s", group_id, tag, error
        )
        return
    for stack in found:
        delete_stack(context, stacks, stack.ref)
