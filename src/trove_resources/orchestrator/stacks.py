"""The stack of an instance: found, and looked at, before anything is done with it."""

import uuid
from dataclasses import dataclass

from trove_resources import markers
from trove_resources.clouds.compute import Compute
from trove_resources.clouds.orchestration import Orchestration, Stack, StackRef
from trove_resources.clouds.service import Json
from trove_resources.errors import DeadlineExceededError, RefusedError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.inventory import InstanceRef
from trove_resources.orchestrator import following, signals, volume_size
from trove_resources.orchestrator.template import change, names
from trove_resources.settings import Settings


@dataclass(frozen=True, slots=True)
class Stacks:
    """Stacks of one Heat, with an operator's deadlines."""

    heat: Orchestration
    settings: Settings
    compute: Compute
    """Asked for one thing alone, which Heat does not tell: the id of a server's flavor."""

    def find(self, instance_id: str) -> Stack | None:
        """Return an instance's stack, or None; a stack's name is its own."""
        return next(iter(self.heat.find(markers.resource_name(instance_id))), None)

    def of(self, instance: InstanceRef) -> Stack:
        """Return an instance's stack. Raises ResourceFailedError when there is none, or not the row's."""
        stack = self.find(instance.instance_id)
        if stack is None:
            raise ResourceFailedError(
                kind="stack",
                resource_id=markers.resource_name(instance.instance_id),
                status="not there",
                fault="it is gone; delete the instance, or restore a backup of it",
            )
        self.check_owner(stack, instance)
        return stack

    @staticmethod
    def check_owner(stack: Stack, instance: InstanceRef) -> None:
        """Raise ResourceFailedError when a stack is not the one of the instance's row, or not this engine's."""
        if instance.stack_id and instance.stack_id != stack.ref.id:
            fault = f"Trove's row names the stack {instance.stack_id}, Heat has {stack.ref.id}: correct what is wrong"
            raise following.of_stack(stack, fault)
        if markers.ENGINE_TAG not in stack.tags:
            fault = f"it has no tag {markers.ENGINE_TAG}: it is not the instance's, or another engine's; see to that"
            raise following.of_stack(stack, fault)

    def ready(self, context: FlowContext, instance: InstanceRef) -> Stack:
        """Return an instance's stack when it can be worked with: at rest, and well, or well again.

        Raises ResourceFailedError, which says what to do.
        """
        stack = context.attempt(lambda: self.of(instance))
        if stack.status == "IN_PROGRESS":
            fault = (
                f"Heat is at work on it since {stack.updated_at or 'its creation'}; ask again when it is done. If"
                f" nothing happens any more: openstack stack cancel {stack.ref.name}"
            )
            raise following.of_stack(stack, fault)
        return stack if stack.status == "COMPLETE" else self._recover(context, stack)

    def template(self, context: FlowContext, ref: StackRef) -> Json:
        """Return a stack's template. Raises ResourceFailedError when somebody took the server out of it."""
        template = context.attempt(lambda: self.heat.template(ref))
        if names.SERVER not in template.get("resources", {}):
            raise ResourceFailedError(
                kind="stack",
                resource_id=ref.name,
                status="changed by hand",
                fault=f"its template has no resource {names.SERVER}; update it with one that has",
            )
        return template

    def recover(self, context: FlowContext, ref: StackRef, template: Json | None = None) -> Stack:
        """Take a stack that failed back to where its template, or another one, says; its volume stays as it is.

        Raises ResourceFailedError, DeadlineExceededError.
        With the plug-in's types nothing is replaced on the way; with Heat's own that is forbidden, and fails.
        """
        return self._recover(context, self._now(context, ref), template)

    def correct_flavor(self, context: FlowContext, ref: StackRef) -> None:
        """Have a stack say which flavor its server has: somebody resized it without Heat. Raises as ``recover``."""
        self._recover(context, self._now(context, ref), self._with_flavor_of_server(context, ref))

    def _recover(self, context: FlowContext, failed: Stack, template: Json | None = None) -> Stack:
        ref, seconds = failed.ref, self.settings.revert_seconds
        if failed.status == "FAILED" and failed.action in ("CREATE", "DELETE", "ADOPT"):
            fault = f"{failed.reason}; delete the instance, and create it anew"
            raise following.of_stack(failed, fault)
        self._start_server(context, ref)
        if template is None:
            template = self._with_true_flavor(context, ref)
        true = volume_size.with_true_size(context, self.heat, ref, template, seconds=seconds)
        context.attempt(lambda: self.heat.patch(ref, minutes=minutes(seconds), rollback=False, template=true))
        stack = following.await_idle(context, self.heat, ref, seconds=seconds)
        if stack is None:
            raise following.gone(ref)
        if stack.status != "COMPLETE":
            ended = stack
            cause = context.attempt(lambda: following.failure(self.heat, ended))
            fault = f"{cause}. Nothing was replaced: see to that resource by hand, and ask again"
            raise following.of_stack(stack, fault)
        return stack

    def _with_true_flavor(self, context: FlowContext, ref: StackRef) -> Json:
        """Return a template that wants no other flavor than the server has: that would have to be verified first."""
        server = context.attempt(lambda: self.heat.resource(ref, names.SERVER))
        return self.template(context, ref) if server.status == "COMPLETE" else self._with_flavor_of_server(context, ref)

    def _with_flavor_of_server(self, context: FlowContext, ref: StackRef) -> Json:
        """Return a template with the flavor of the server, if that is at rest; Heat does not tell the flavor's id."""
        template = self.template(context, ref)
        shown = context.attempt(lambda: self.heat.shown(ref, names.SERVER))
        if shown.get("status") not in ("ACTIVE", "SHUTOFF"):
            return template
        flavor_id = context.attempt(lambda: self.compute.flavor_id(str(shown["id"])))
        return change.with_flavor(template, flavor_id, None)

    def _start_server(self, context: FlowContext, ref: StackRef) -> None:
        """Have the plug-in start a server that Nova left in ERROR; what it refuses the update will tell."""
        server = context.attempt(lambda: self.heat.resource(ref, names.SERVER, attributes=["show"]))
        if server.type != names.PLUG_IN.server or (server.attributes.get("show") or {}).get("status") != "ERROR":
            return
        try:
            seconds = self.settings.reboot_seconds
            signals.send_and_wait(context, self.heat, ref, "recover", seconds=seconds, key=f"-{uuid.uuid4()}")
        except (RefusedError, ResourceFailedError, DeadlineExceededError):
            return

    def _now(self, context: FlowContext, ref: StackRef) -> Stack:
        stack = context.attempt(lambda: self.heat.stack(ref))
        if stack is None:
            raise following.gone(ref)
        return stack


def minutes(seconds: float) -> int:
    """Return a deadline for Heat, whose own unit it is: never before ours."""
    return int(seconds // 60) + 2
