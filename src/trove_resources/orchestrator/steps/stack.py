"""Steps that create, read and delete the stack of an instance."""

from collections.abc import Callable, Sequence
from typing import Any

from trove_resources import markers
from trove_resources.clouds.orchestration import Stack, StackRef
from trove_resources.clouds.service import Json
from trove_resources.errors import Leftover, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import CreateStep, Found, Step, found_id
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.markers import Owner
from trove_resources.orchestrator import following, recovery
from trove_resources.orchestrator.signals import check_signals
from trove_resources.orchestrator.stack_delete import delete_stack, failures_of
from trove_resources.orchestrator.stacks import Stacks, minutes
from trove_resources.orchestrator.template import change, environment, names
from trove_resources.spec import FlavorSpec

Build = Callable[[Owner], tuple[Json, Json]]
"""Returns the template of a stack, and its parameters."""


class CreateStack(CreateStep[str]):
    """Create the stack of an instance."""

    kind = ResourceKind.STACK
    announces = "stack_id"

    def __init__(self, stacks: Stacks, instance_id: str, build: Build, *, version: str) -> None:
        super().__init__("provision/stack/create", "create the stack", provides="stack_id")
        self._stacks, self._build, self._version = stacks, build, version
        self._name = markers.resource_name(instance_id)

    def execute(self, context: FlowContext) -> str:
        """Return the stack's id. Heat has only begun to create its resources."""
        return self.find_or_create(context, lambda: self._create(context.owner).id)

    def find(self, context: FlowContext, **_: object) -> Sequence[Found[str]]:
        """Find it by its name."""
        found = self._stacks.heat.find(self._name)
        return [found_id(stack.ref.id, of_task=context.owner.task_tag in stack.tags) for stack in found]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it with all its resources."""
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
    """Wait until Heat has created all resources of the stack."""

    kind = ResourceKind.STACK

    def __init__(self, stacks: Stacks, instance_id: str) -> None:
        super().__init__(
            "provision/stack/complete", "wait for the stack", requires=["stack_id"], provides="stack_outputs"
        )
        self._stacks, self._name = stacks, markers.resource_name(instance_id)

    def execute(self, context: FlowContext, stack_id: str) -> dict[str, Any]:
        """Return the stack's outputs. Raises ResourceFailedError with the resource that failed, and its message."""
        heat, ref = self._stacks.heat, StackRef(name=self._name, id=stack_id)
        seconds, check = self._stacks.settings.stack_seconds, context.check_stop
        stack = following.await_idle(context, heat, ref, seconds=seconds, check=check)
        if stack is not None and stack.status == "FAILED":
            failed = stack
            raise context.attempt(lambda: following.failure(heat, failed))
        complete = context.attempt(lambda: heat.stack(ref, outputs=True))
        if complete is None:
            raise following.gone(ref)
        return dict(complete.outputs)


class NoteOutput(Step):
    """Announce an output of the stack: the id of a resource."""

    def __init__(self, kind: ResourceKind, *, announces: str, output: str) -> None:
        self.kind, self.announces = kind, announces
        super().__init__(
            f"provision/{kind.role}/note", f"note the {kind}", requires=["stack_outputs"], provides=announces
        )
        self._output = output

    def execute(self, context: FlowContext, stack_outputs: dict[str, Any]) -> str:  # noqa: ARG002 - TaskFlow passes it
        """Return the output's value."""
        return str(stack_outputs[self._output])

    def revert(self, context: FlowContext, **_: object) -> None:
        """Do nothing but withdraw the announced id: the resource is deleted with the stack."""


class ReadStack(Step):
    """Find the stack, check that it can be changed, and read back its template.

    With ``flavor``, the target of a resize, a stack that has this flavor in its template while the server has another
    is corrected first. Provides ``stack_path``, the stack's name and id, and ``former_template``, which contains no
    secret: secrets are hidden parameters.
    """

    kind = ResourceKind.STACK

    def __init__(
        self, stacks: Stacks, instance: InstanceRef, operation: str, *, flavor: FlavorSpec | None = None
    ) -> None:
        super().__init__(f"{operation}/stack/read", "read the stack", provides=("stack_path", "former_template"))
        self._stacks, self._instance, self._operation = stacks, instance, operation
        self._flavor = flavor

    def execute(self, context: FlowContext) -> tuple[str, dict[str, Any]]:
        """Return both. Raises ResourceFailedError if the stack is missing, in progress, or cannot be recovered.

        Raises OperationIsNotSupported for a signal to a server that does not handle signals.
        """
        context.check_stop()
        ref = recovery.ready(context, self._stacks, self._instance).ref
        template = self._stacks.template(context, ref)
        check_signals(template["resources"][names.SERVER]["type"], self._operation)
        if self._flavor is not None and self._server_differs(context, ref, template, self._flavor):
            # Somebody resized the server without Heat.
            recovery.correct_flavor(context, self._stacks, ref)
            template = self._stacks.template(context, ref)
        return str(ref), template

    def _server_differs(self, context: FlowContext, ref: StackRef, template: Json, flavor: FlavorSpec) -> bool:
        """Return whether the template has the flavor, and the server has another one."""
        if change.properties(template, names.SERVER).get("flavor") != flavor.id:
            return False
        shown = context.attempt(lambda: self._stacks.heat.show_resource(ref, names.SERVER))
        return bool(shown) and shown.get("flavor", {}).get("original_name") != flavor.name


class DeleteStack(Step):
    """Delete the stack, whatever its state. What could not be deleted is recorded, each resource with its reason."""

    kind = ResourceKind.STACK

    def __init__(self, stacks: Stacks, instance: InstanceRef) -> None:
        super().__init__("delete/stack/delete", "delete the stack", provides="had_record")
        self._stacks, self._instance = stacks, instance

    def execute(self, context: FlowContext) -> bool:
        """Return whether the stack had the DNS record."""
        had_record: list[bool] = []
        instance = f"of instance {self._instance.instance_id}"
        context.try_or_note(self.kind, instance, lambda: had_record.append(self._find_and_delete(context)))
        return any(had_record)

    def _find_and_delete(self, context: FlowContext) -> bool:
        stack = context.attempt(lambda: self._stacks.find(self._instance.instance_id))
        if stack is None:
            return False
        self._stacks.check_owner(stack, self._instance)
        resources = context.attempt(lambda: self._stacks.heat.resources(stack.ref))
        self._delete(context, stack)
        return any(each.name == names.DNS_RECORD for each in resources)

    def _delete(self, context: FlowContext, stack: Stack) -> None:
        try:
            delete_stack(context, self._stacks, stack.ref)
        except ResourceFailedError:
            failures = failures_of(context, self._stacks, stack.ref)
            if not failures:
                raise
            context.leftovers += [
                Leftover(kind=each.kind, resource_id=each.resource_id, reason=each.fault) for each in failures
            ]
