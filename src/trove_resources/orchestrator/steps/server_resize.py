"""Steps that resize a server, and confirm or revert the resize."""

from functools import partial
from typing import Any, Final

from taskflow.types.failure import Failure

from trove_resources import markers
from trove_resources.clouds.orchestration import StackRef
from trove_resources.errors import DeadlineExceededError, RefusedError, ResizeRefusedError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.flows.waiting import Wait
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator import following, move_state, signals, stack_update
from trove_resources.orchestrator.move_state import Seen
from trove_resources.orchestrator.refused_resize import RefusalDetector
from trove_resources.orchestrator.stack_update import Update
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change, names
from trove_resources.spec import FlavorSpec

OPERATION: Final = "resize_flavor"
_FLAVOR: Final = "flavor"
"""The name of the update."""
_PROPERTIES = ("resources", names.SERVER, "properties")


class ResizeServer(Step):
    """Update the stack to the flavor, and return when the server has it. Undone, the server has its old flavor.

    With the plug-in, the server then waits to be confirmed or reverted. Heat's own type confirms it immediately.
    """

    kind = ResourceKind.SERVER

    def __init__(self, stacks: Stacks, instance: InstanceRef, flavor: FlavorSpec) -> None:
        super().__init__(
            f"{OPERATION}/server/move",
            "resize the server",
            requires=["stack_path", "former_template"],
            provides="resized",
        )
        self._stacks, self._instance, self._flavor = stacks, instance, flavor

    def execute(self, context: FlowContext, stack_path: str, former_template: dict[str, Any]) -> bool:
        """Return whether the server had another flavor. Raises ResizeRefusedError if Heat's own type never ends."""
        context.check_stop()
        ref, update = StackRef.of(stack_path), self._update(former_template)
        if change.properties(former_template, names.SERVER)["flavor"] == self._flavor.id:
            return False
        before = self._running(context, ref)
        refusal = None
        if not _is_plug_in(former_template):
            refusal = RefusalDetector(context.clock, before, flavor=self._flavor.name)
        stack_update.begin(context, self._stacks, ref, update)
        seen = self._await_moved(context, ref, refusal)
        if seen is not None and not _waits(seen):
            stack_update.check_complete(context, self._stacks, ref, seen.stack, _FLAVOR)
        return True

    def revert(
        self, context: FlowContext, stack_path: str, former_template: dict[str, Any], result: object = None, **_: object
    ) -> None:
        """Give the server its old flavor back, unless the new one is confirmed."""
        if result is False or "flavor_id" in context.announced:
            return
        ref = StackRef.of(stack_path)
        if isinstance(result, Failure) and result.check(ResizeRefusedError):
            # The server is as it was. Heat's own type would go on waiting until the stack times out.
            undo = partial(stack_update.cancel, context, self._stacks, ref, rollback=True)
        else:
            undo = partial(self._move_back, context, ref, former_template)
        server = self._instance.server_id or f"of instance {self._instance.instance_id}"
        context.try_or_note(self.kind, server, undo)

    def _update(self, former_template: dict[str, Any]) -> Update:
        settings = self._stacks.settings
        plug_in = _is_plug_in(former_template)
        verify_seconds = int(settings.verify_seconds) if plug_in else None
        return Update(
            name=_FLAVOR,
            before=former_template,
            template=change.with_flavor(former_template, self._flavor.id, verify_seconds),
            allowed=((*_PROPERTIES, "flavor"), (*_PROPERTIES, "resize_timeout")),
            seconds=settings.move_seconds + (settings.verify_seconds if plug_in else 0),
        )

    def _running(self, context: FlowContext, ref: StackRef) -> Seen:
        """Return the server. Raises ResourceFailedError unless it is ACTIVE: its guest must answer after the resize."""
        stack = self._stacks.now(context, ref)
        seen = context.attempt(lambda: move_state.server_of(self._stacks.heat, stack))
        has_begun = markers.update_tag(context.owner, _FLAVOR) in stack.tags
        if seen.server_status != "ACTIVE" and not has_begun:
            raise ResourceFailedError(
                kind=self.kind,
                resource_id=seen.server_id or ref.name,
                status=seen.server_status or "not found",
                fault="it must be ACTIVE to resize the server",
            )
        return seen

    def _await_moved(self, context: FlowContext, ref: StackRef, refusal: RefusalDetector | None) -> Seen | None:
        def reached(seen: Seen | None) -> bool:
            if seen is None or seen.stack is None or seen.stack.status != "IN_PROGRESS" or _waits(seen):
                return True
            if refusal is not None:
                refusal.look(seen)
            return False

        def check() -> None:
            context.check_stop()
            if refusal is not None:
                refusal.check()

        wait: Wait[Seen] = Wait(
            what=f"the server of stack {ref.name} to have the flavor {self._flavor.name}",
            reached=reached,
            seconds=self._stacks.settings.move_seconds,
            show=move_state.show,
            check=check,
        )
        watch = move_state.move_watch(self._stacks.heat, plug_in=refusal is None)
        return context.wait(watch, str(ref), wait)

    def _move_back(self, context: FlowContext, ref: StackRef, former_template: dict[str, Any]) -> None:
        if _is_plug_in(former_template):
            _revert_if_waiting(context, self._stacks, ref)
        stack_update.restore(context, self._stacks, ref, former_template, _FLAVOR)


class ConfirmResize(Step):
    """Confirm the new flavor. From here on nothing is undone."""

    kind = ResourceKind.SERVER
    announces = "flavor_id"

    def __init__(self, stacks: Stacks, flavor: FlavorSpec) -> None:
        super().__init__(
            f"{OPERATION}/server/confirm",
            "confirm the resize",
            requires=["stack_path", "former_template", "resized"],
            provides="flavor_id",
        )
        self._stacks, self._flavor = stacks, flavor

    def execute(
        self,
        context: FlowContext,
        stack_path: str,
        former_template: dict[str, Any],
        resized: bool,  # noqa: FBT001 - TaskFlow passes it by name
    ) -> str:
        """Return the flavor's id."""
        context.check_stop()
        if resized and _is_plug_in(former_template):
            move_state.confirm(context, self._stacks, StackRef.of(stack_path))
        return self._flavor.id


class AwaitResized(Step):
    """Wait until the update of the stack is complete."""

    kind = ResourceKind.STACK

    def __init__(self, stacks: Stacks) -> None:
        super().__init__(f"{OPERATION}/stack/complete", "wait for the stack", requires=["stack_path", "resized"])
        self._stacks = stacks

    def execute(self, context: FlowContext, stack_path: str, resized: bool) -> None:  # noqa: FBT001 - TaskFlow passes it by name
        """Return when it is complete."""
        if not resized:
            return
        ref, seconds = StackRef.of(stack_path), self._stacks.settings.move_seconds
        try:
            stack = following.await_idle(context, self._stacks.heat, ref, seconds=seconds)
        except DeadlineExceededError:
            # The heat-engine has died. The resize is confirmed, so the stack is updated to it again.
            stack_update.restart(context, self._stacks, ref)
            return
        stack_update.check_complete(context, self._stacks, ref, stack, _FLAVOR)


def _is_plug_in(template: dict[str, Any]) -> bool:
    """Return whether a stack's server is of the plug-in's type."""
    return bool(template["resources"][names.SERVER]["type"] == names.PLUG_IN.server)


def _waits(seen: Seen) -> bool:
    return seen.move.status == move_state.WAITING and seen.move.operation == "resize"


def _revert_if_waiting(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Revert a resize that waits, and return when Heat is done with it."""
    if context.attempt(lambda: move_state.move_of(stacks.heat, ref)).status != move_state.WAITING:
        return
    try:
        signals.send(context, stacks.heat, ref, "revert", reason="the task failed")
    except RefusedError:
        # It has been confirmed or reverted in the meantime, at its deadline or by hand. The stack shows which.
        if context.attempt(lambda: move_state.move_of(stacks.heat, ref)).status == move_state.WAITING:
            raise
    try:
        following.await_idle(context, stacks.heat, ref, seconds=stacks.settings.revert_seconds)
    except DeadlineExceededError:
        # The heat-engine has died. The caller cancels the update.
        context.tell("waiting", f"stack {ref.name}, whose heat-engine seems to have died, to be canceled")
