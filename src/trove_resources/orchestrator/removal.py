"""The end of a stack, and of all that is in it."""

from trove_resources.clouds.orchestration import Stack, StackRef, StackResource
from trove_resources.errors import ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.orchestrator import following
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import names

ATTEMPTS = 2
"""How often Heat is asked: what failed for a moment's reason goes with the second."""


def remove_stack(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Delete a stack and return when it is gone. Raises ResourceFailedError, DeadlineExceededError."""
    for attempt in range(ATTEMPTS):
        context.ensure_gone(lambda: stacks.heat.delete(ref))
        stack = following.await_rest(context, stacks.heat, ref, seconds=stacks.settings.stack_delete_seconds)
        if stack is None or is_kept(context, stacks, stack):
            return
        if attempt == ATTEMPTS - 1:
            raise following.failure(stacks.heat, stack)


def is_kept(context: FlowContext, stacks: Stacks, stack: Stack) -> bool:
    """Say whether all that is left of a stack is a data volume that Cinder keeps for its snapshots: backups of Trove's.

    The stack stays with it, and goes with the last snapshot. Cinder has one message for all that can be in the way of
    a delete, so the volume itself says that it is none of the others.
    """
    left = _left(context, stacks, stack.ref)
    if [each.name for each in left] != [names.volume("data")] or "snapshot" not in left[0].reason:
        return False
    volume = context.attempt(lambda: stacks.heat.shown(stack.ref, left[0].name))
    return volume.get("status") == "available" and not volume.get("attachments")


def what_is_left(context: FlowContext, stacks: Stacks, ref: StackRef) -> list[ResourceFailedError]:
    """Return what a stack that could not be deleted still has, each with the reason Heat gives."""
    return [
        ResourceFailedError(
            kind=each.name.replace("_", " "),
            resource_id=each.physical_id or each.name,
            status=f"{each.action}_{each.status}",
            fault=each.reason,
        )
        for each in _left(context, stacks, ref)
    ]


def _left(context: FlowContext, stacks: Stacks, ref: StackRef) -> list[StackResource]:
    gone = (("DELETE", "COMPLETE"), ("INIT", "COMPLETE"))
    return [
        each for each in context.attempt(lambda: stacks.heat.resources(ref)) if (each.action, each.status) not in gone
    ]
