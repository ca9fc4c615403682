"""The stack: created, waited for, removed."""

from collections.abc import Callable, Sequence
from typing import Any

from trove_resources import markers
from trove_resources.clouds.orchestration import StackRef
from trove_resources.clouds.service import Json
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import CreateStep, Found, Step
from trove_resources.markers import Owner
from trove_resources.orchestrator import following
from trove_resources.orchestrator.stack_delete import delete_stack
from trove_resources.orchestrator.stacks import Stacks, minutes
from trove_resources.orchestrator.template import environment

Build = Callable[[Owner], tuple[Json, Json]]
"""Returns the template of a stack, and its parameters."""


class CreateStack(CreateStep):
    """Create the stack of an instance."""

    kind = "stack"
    announces = "stack_id"

    def __init__(self, stacks: Stacks, instance_id: str, build: Build, *, version: str) -> None:
        super().__init__("provision/stack/create", "create the stack", provides="stack_id")
        self._stacks, self._build, self._version = stacks, build, version
        self._name = markers.resource_name(instance_id)

    def execute(self, context: FlowContext) -> str:
        """Return the stack's id; Heat has begun to create it."""
        return self.find_or_create(context, lambda: self._create(context.owner).id)

    def find(self, context: FlowContext) -> Sequence[Found]:
        """Find it by its name."""
        found = self._stacks.heat.find(self._name)
        return [Found(stack.ref.id, context.owner.task_tag in stack.tags) for stack in found]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it with all it has."""
        delete_stack(context, self._stacks, StackRef(name=self._name, id=resource_id))

    def _create(self, owner: Owner) -> StackRef:
        template, parameters = self._build(owner)
        return self._stacks.heat.create(
            self._name,
            template,
            tags=markers.stack_tags(owner, self._version),
            minutes=minutes(self._stacks.settings.stack_seconds),
            parameters=parameters,
            environment=environment(template),
        )


class AwaitStack(Step):
    """Wait until Heat has created all of it."""

    def __init__(self, stacks: Stacks, instance_id: str) -> None:
        super().__init__(
            "provision/stack/complete", "wait for the stack", requires=["stack_id"], provides="stack_outputs"
        )
        self._stacks, self._name = stacks, markers.resource_name(instance_id)

    def execute(self, context: FlowContext, stack_id: str) -> dict[str, Any]:
        """Return its outputs. Raises ResourceFailedError: which resource failed, and what its service said."""
        heat, ref = self._stacks.heat, StackRef(name=self._name, id=stack_id)
        seconds, check = self._stacks.settings.stack_seconds, context.check_stop
        stack = following.await_idle(context, heat, ref, seconds=seconds, check=check)
        if stack is not None and stack.status == "FAILED":
            failed = stack
            raise context.attempt(lambda: following.failure(heat, failed))
        whole = context.attempt(lambda: heat.stack(ref, outputs=True))
        if whole is None:
            raise following.gone(ref)
        return dict(whole.outputs)


class Note(Step):
    """Have something written down that the stack has made; undone, it goes with the stack."""

    def __init__(self, role: str, announces: str, output: str) -> None:
        self.announces = announces
        title = f"note the {role.replace('_', ' ')}"
        super().__init__(f"provision/{role}/note", title, requires=["stack_outputs"], provides=announces)
        self._output = output

    def execute(self, context: FlowContext, stack_outputs: dict[str, Any]) -> str:  # noqa: ARG002 - TaskFlow's
        """Return what the output says."""
        return str(stack_outputs[self._output])

    def revert(self, context: FlowContext, **_: object) -> None:
        """Nothing is to be done: without a stack there is none of it."""
