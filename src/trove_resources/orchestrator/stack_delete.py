"""The end of a stack, and of all that is in it."""

from collections.abc import Sequence

from trove_resources.clouds.orchestration import StackRef, StackResource
from trove_resources.errors import DeadlineExceededError, ResourceFailedError, ResourceNotFoundError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import OneByOne, Wait
from trove_resources.orchestrator import following
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import names

ATTEMPTS = 2
"""How often Heat is asked in vain: what failed for a moment's reason goes with the second.

So does what nobody goes on with, as a heat-engine had begun it that was killed.
"""


def delete_stack(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Delete a stack and return when it is gone. Raises ResourceFailedError, DeadlineExceededError."""
    seconds = stacks.settings.stack_delete_seconds / ATTEMPTS
    vain, before = 0, set[str]()
    late: DeadlineExceededError | None = None
    while True:
        context.ensure_gone(lambda: stacks.heat.delete(ref))
        try:
            stack = following.await_idle(context, stacks.heat, ref, seconds=seconds)
        except DeadlineExceededError as error:
            if late is not None:
                # Asked again Heat does not show any more what it works at.
                raise late from error
            late = error
            continue
        if stack is None:
            return
        left = _await_left(context, stacks, ref)
        if _is_kept(context, stacks, ref, left):
            return
        # Heat does not begin with what is next once one has failed: a try that removes some is none in vain.
        there = {each.name for each in left}
        vain = vain + 1 if there == before else 1
        before = there
        if vain == ATTEMPTS:
            raise following.failure(stacks.heat, stack)


def _await_left(context: FlowContext, stacks: Stacks, ref: StackRef) -> list[StackResource]:
    """Return what a stack still has when Heat does nothing with any of it.

    The stack is FAILED with the first of its resources; those that are being deleted by then go on.
    """
    wait: Wait[list[StackResource]] = Wait(
        what=f"what stack {ref.name} has to be at rest",
        reached=lambda left: not any(each.status == "IN_PROGRESS" for each in left or ()),
        seconds=stacks.settings.stack_delete_seconds,
        show=lambda left: ", ".join(f"{each.name} {each.action}_{each.status}" for each in left or ()),
    )
    watch = OneByOne(("resources of a stack", stacks.heat), lambda each: _left(stacks, StackRef.of(each)))
    return context.wait(watch, str(ref), wait) or []


def _is_kept(context: FlowContext, stacks: Stacks, ref: StackRef, left: Sequence[StackResource]) -> bool:
    """Say whether all that is left of a stack is a data volume that Cinder keeps for its snapshots: backups of Trove's.

    The stack stays with it, and goes with the last snapshot. Cinder has one message for all that can be in the way of
    a delete, so the volume itself says that it is none of the others.
    """
    if [each.name for each in left] != [names.volume("data")] or "snapshot" not in left[0].reason:
        return False
    volume = context.attempt(lambda: stacks.heat.shown(ref, left[0].name))
    return volume.get("status") == "available" and not volume.get("attachments")


def leftovers_of(context: FlowContext, stacks: Stacks, ref: StackRef) -> list[ResourceFailedError]:
    """Return what a stack that could not be deleted still has, each with the reason Heat gives."""
    return [
        ResourceFailedError(
            kind=each.name.replace("_", " "),
            resource_id=each.physical_id or each.name,
            status=f"{each.action}_{each.status}",
            fault=each.reason,
        )
        for each in context.attempt(lambda: _left(stacks, ref))
    ]


def _left(stacks: Stacks, ref: StackRef) -> list[StackResource]:
    gone = (("DELETE", "COMPLETE"), ("INIT", "COMPLETE"))
    try:
        found = stacks.heat.resources(ref)
    except ResourceNotFoundError:
        return []
    return [each for each in found if (each.action, each.status) not in gone]
