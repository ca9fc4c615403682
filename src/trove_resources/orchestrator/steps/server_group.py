"""Server groups: each a stack of its own, which goes with its last member."""

from collections.abc import Sequence

from trove_resources import markers
from trove_resources.clouds.orchestration import Stack, StackRef
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import CreateStep, Found, Step
from trove_resources.orchestrator import following
from trove_resources.orchestrator.stack_delete import delete_stack
from trove_resources.orchestrator.stacks import Stacks, minutes
from trove_resources.orchestrator.template import change, group, names


class CreateGroup(CreateStep):
    """Make the stack of a group, or take over the one there is."""

    kind = "server group"

    def __init__(self, stacks: Stacks, instance_id: str, policy: str) -> None:
        super().__init__("create_group/stack/create", f"make the {policy} group", provides="group_stack")
        self._stacks, self._instance_id, self._policy = stacks, instance_id, policy
        self._name = markers.group_stack_name(instance_id)

    def execute(self, context: FlowContext) -> str:
        """Return the path of its stack."""
        return str(StackRef(name=self._name, id=self.find_or_create(context, lambda: self._create(context).id)))

    def find(self, context: FlowContext) -> Sequence[Found]:  # noqa: ARG002 - the name has the instance's id
        """Find it by its name."""
        return [Found(stack.ref.id, of_task=True) for stack in self._stacks.heat.find(self._name)]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it."""
        delete_stack(context, self._stacks, StackRef(name=self._name, id=resource_id))

    def _create(self, context: FlowContext) -> StackRef:
        template = group.build(self._instance_id, self._policy)
        tags = ("trove_instance", markers.GROUP_TAG, context.owner.task_tag)
        wait = minutes(self._stacks.settings.access_seconds)
        return self._stacks.heat.create(self._name, template, tags=tags, minutes=wait)


class AwaitGroup(Step):
    """Wait for the group, and have its stack found by it."""

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
        group_id = str(context.attempt(lambda: self._stacks.heat.output(ref, group.ID)))
        self._tag(context, ref, markers.group_tag(group_id))
        return group_id

    def revert(self, context: FlowContext, **_: object) -> None:
        """Nothing is to be done: without a stack there is none of it."""

    def _tag(self, context: FlowContext, ref: StackRef, tag: str) -> None:
        """Write the group's id among the tags: a stack is not found by what is in it."""
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
    """Delete the stack of the instance's group, its own or its source's, unless somebody else is in it."""

    def __init__(self, stacks: Stacks, instance_id: str) -> None:
        super().__init__("delete_group/stack/delete", "delete the server group")
        self._stacks, self._instance_id = stacks, instance_id

    def execute(self, context: FlowContext) -> None:
        """Delete every group the instance made, or is in, that has no other members."""
        stack = context.attempt(lambda: self._stacks.find(self._instance_id))
        own = "" if stack is None else self._server_id(context, stack)
        for each in self._groups(context, stack):
            if self._members(context, each.ref) <= {own}:
                delete_stack(context, self._stacks, each.ref)

    def _groups(self, context: FlowContext, stack: Stack | None) -> list[Stack]:
        """Return the stacks of the groups: the one of the instance's own name, and the one its server was put into."""
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
        found = context.attempt(lambda: self._stacks.heat.shown(ref, group.NAME))
        return set(found.get("members") or ())

    def _server_id(self, context: FlowContext, stack: Stack) -> str:
        found = context.attempt(lambda: self._stacks.heat.resources(stack.ref))
        return next((each.physical_id or "" for each in found if each.name == names.SERVER), "")
