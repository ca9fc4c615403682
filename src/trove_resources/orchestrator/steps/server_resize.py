"""A server on its way to another flavor, and back."""

from typing import Any

from trove_resources import markers
from trove_resources.clouds.orchestration import StackRef
from trove_resources.errors import DeadlineExceededError, RefusedError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.flows.waiting import Wait
from trove_resources.inventory import InstanceRef
from trove_resources.orchestrator import following, move_state, signals, stack_update
from trove_resources.orchestrator.move_state import MoveWatch, Seen
from trove_resources.orchestrator.refused_resize import Refusal
from trove_resources.orchestrator.stack_update import Update
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change, names
from trove_resources.spec import FlavorSpec

OPERATION, WHAT = "resize_flavor", "flavor"
_PROPERTIES = ("resources", names.SERVER, "properties")


class ResizeServer(Step):
    """Update the stack to the flavor, and return when the server is on it; undone, it is on the old one.

    With the plug-in it waits there for a decision. Heat's own type confirms by itself.
    """

    def __init__(self, stacks: Stacks, instance: InstanceRef, flavor: FlavorSpec) -> None:
        super().__init__(
            f"{OPERATION}/server/move",
            "resize the server",
            requires=["stack_path", "former_template"],
            provides="resized",
        )
        self._stacks, self._instance, self._flavor = stacks, instance, flavor
        self._was_refused = False

    def execute(self, context: FlowContext, stack_path: str, former_template: dict[str, Any]) -> bool:
        """Return whether it had to be moved."""
        context.check_stop()
        ref, update = StackRef.of(stack_path), self._update(former_template)
        if change.properties(former_template, names.SERVER)["flavor"] == self._flavor.id:
            return False
        before = self._running(context, ref)
        refusal = None if is_plug_in(former_template) else Refusal(context.clock, before)
        stack_update.begin(context, self._stacks, ref, update)
        try:
            seen = self._await_moved(context, ref, refusal)
        except ResourceFailedError:
            self._was_refused = refusal is not None
            raise
        if seen is not None and not _waits(seen):
            stack_update.check_done(context, self._stacks, ref, seen.stack, WHAT)
        return True

    def revert(
        self, context: FlowContext, stack_path: str, former_template: dict[str, Any], result: object = None, **_: object
    ) -> None:
        """Take the server back, unless its new flavor is confirmed."""
        if result is not False and "flavor_id" not in context.announced:
            name = self._instance.server_id or f"of instance {self._instance.instance_id}"
            act = lambda: self._take_back(context, StackRef.of(stack_path), former_template)  # noqa: E731
            context.try_or_note("server", name, act)

    def _update(self, former_template: dict[str, Any]) -> Update:
        settings = self._stacks.settings
        plug_in = is_plug_in(former_template)
        wait = int(settings.verify_seconds) if plug_in else None
        return Update(
            what=WHAT,
            before=former_template,
            template=change.with_flavor(former_template, self._flavor.id, wait),
            allowed=((*_PROPERTIES, "flavor"), (*_PROPERTIES, "resize_timeout")),
            seconds=settings.move_seconds + (settings.verify_seconds if plug_in else 0),
        )

    def _running(self, context: FlowContext, ref: StackRef) -> Seen:
        """Return the server as it is. Raises ResourceFailedError unless it runs: the guest is asked afterwards."""
        stack = context.attempt(lambda: self._stacks.heat.stack(ref))
        if stack is None:
            raise following.gone(ref)
        known = stack
        seen = context.attempt(lambda: move_state.server_of(self._stacks.heat, known))
        has_begun = markers.update_tag(context.owner, WHAT) in stack.tags
        if seen.server_status != "ACTIVE" and not has_begun:
            fault = "it has to be ACTIVE to resize the server"
            status = seen.server_status or "not there"
            raise ResourceFailedError(kind="server", resource_id=seen.server_id or ref.name, status=status, fault=fault)
        return seen

    def _await_moved(self, context: FlowContext, ref: StackRef, refusal: Refusal | None) -> Seen | None:
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
        return context.wait(MoveWatch(self._stacks.heat, plug_in=refusal is None), str(ref), wait)

    def _take_back(self, context: FlowContext, ref: StackRef, former_template: dict[str, Any]) -> None:
        if self._was_refused:
            # The server is where it was. Heat's own type waits on, until the time of the stack is over.
            stack_update.cancel(context, self._stacks, ref, rollback=True)
            return
        if is_plug_in(former_template):
            revert_if_waiting(context, self._stacks, ref)
        stack_update.take_back(context, self._stacks, ref, former_template, WHAT)


class ConfirmResize(Step):
    """Have the server stay on the new flavor: from here on nothing takes it back."""

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
        resized: bool,  # noqa: FBT001 - TaskFlow gives it by name
    ) -> str:
        """Return the flavor's id."""
        context.check_stop()
        if resized and is_plug_in(former_template):
            confirm(context, self._stacks, StackRef.of(stack_path))
        return self._flavor.id


class AwaitResized(Step):
    """Wait until the stack is updated."""

    def __init__(self, stacks: Stacks) -> None:
        super().__init__(f"{OPERATION}/stack/complete", "wait for the stack", requires=["stack_path", "resized"])
        self._stacks = stacks

    def execute(self, context: FlowContext, stack_path: str, resized: bool) -> None:  # noqa: FBT001 - TaskFlow gives it by name
        """Return when it is."""
        if resized:
            ref = StackRef.of(stack_path)
            seconds = self._stacks.settings.move_seconds
            try:
                stack = following.await_idle(context, self._stacks.heat, ref, seconds=seconds)
            except DeadlineExceededError:
                # The engine that watched has died: the resize is confirmed, and the stack is told so anew.
                stack_update.start_again(context, self._stacks, ref)
                return
            stack_update.check_done(context, self._stacks, ref, stack, WHAT)


def is_plug_in(template: dict[str, Any]) -> bool:
    """Say whether a stack's server is of the plug-in's type."""
    return bool(template["resources"][names.SERVER]["type"] == names.PLUG_IN.server)


def confirm(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Have a server that waits stay where it is. Raises CloudError when it does not wait, and was not confirmed."""
    try:
        signals.send(context, stacks.heat, ref, "confirm")
    except RefusedError:
        if context.attempt(lambda: move_state.move_of(stacks.heat, ref)).status != "CONFIRMED":
            raise


def revert_if_waiting(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Have a server that waits back where it was, and return when Heat is done with it."""
    if context.attempt(lambda: move_state.move_of(stacks.heat, ref)).status != move_state.WAITING:
        return
    reason = "the task that wanted it failed"
    try:
        signals.send(context, stacks.heat, ref, "revert", reason=reason)
    except RefusedError:
        # Its deadline came first, or somebody else: what it is now the stack says.
        if context.attempt(lambda: move_state.move_of(stacks.heat, ref)).status == move_state.WAITING:
            raise
    try:
        following.await_idle(context, stacks.heat, ref, seconds=stacks.settings.revert_seconds)
    except DeadlineExceededError:
        # The engine that watched has died: to cancel the update is all that is left to do.
        context.tell("waiting", f"stack {ref.name}, which nobody seems to work at, to be cancelled")


def _waits(seen: Seen) -> bool:
    return seen.move.status == move_state.WAITING and seen.move.operation == "resize"
