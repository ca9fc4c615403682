"""Deleting a stack with all its resources."""

from collections.abc import Sequence

from trove_resources.clouds.orchestration import StackRef, StackResource
from trove_resources.errors import DeadlineExceededError, ResourceFailedError, ResourceNotFoundError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import OneByOne, Wait
from trove_resources.orchestrator import following
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import names

ATTEMPTS = 2
"""How many delete requests in a row may fail to delete anything.

The second attempt deletes what failed for a passing reason, and what a killed heat-engine had begun to delete.
"""


def delete_stack(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Delete a stack, and return when it is gone. Raises ResourceFailedError, DeadlineExceededError."""
    seconds = stacks.settings.stack_delete_seconds / ATTEMPTS
    failures, before = 0, set[str]()
    late: DeadlineExceededError | None = None
    while True:
        context.ensure_gone(lambda: stacks.heat.delete(ref))
        try:
            stack = following.await_idle(context, stacks.heat, ref, seconds=seconds)
        except DeadlineExceededError as error:
            if late is not None:
                # After the second request Heat no longer shows which resources are in progress.
                raise late from error
            late = error
            continue
        if stack is None:
            return
        remaining = _await_remaining(context, stacks, ref)
        if _is_retained(context, stacks, ref, remaining):
            return
        # Heat starts no further deletion once one has failed, so an attempt that deleted something was not in vain.
        existing = {each.name for each in remaining}
        failures = failures + 1 if existing == before else 1
        before = existing
        if failures == ATTEMPTS:
            raise following.failure(stacks.heat, stack)


def failures_of(context: FlowContext, stacks: Stacks, ref: StackRef) -> list[ResourceFailedError]:
    """Return the failures of the resources that a stack still has, each with Heat's reason."""
    return [following.failure_of(each) for each in context.attempt(lambda: _remaining(stacks, ref))]


def _await_remaining(context: FlowContext, stacks: Stacks, ref: StackRef) -> list[StackResource]:
    """Return the resources that a failed stack still has, once none of them is in progress.

    The stack is FAILED as soon as one of its resources is; deletions that had begun by then go on.
    """
    wait: Wait[list[StackResource]] = Wait(
        what=f"the resources of stack {ref.name} to be idle",
        reached=lambda remaining: not any(each.status == "IN_PROGRESS" for each in remaining or ()),
        seconds=stacks.settings.stack_delete_seconds,
        show=lambda remaining: ", ".join(f"{each.name} {each.action}_{each.status}" for each in remaining or ()),
    )
    watch = OneByOne(("resources of a stack", stacks.heat), lambda path: _remaining(stacks, StackRef.of(path)))
    return context.wait(watch, str(ref), wait) or []


def _is_retained(context: FlowContext, stacks: Stacks, ref: StackRef, remaining: Sequence[StackResource]) -> bool:
    """Return whether only a data volume remains, which Cinder keeps because of its snapshots: backups of Trove's.

    The stack stays with it, and can be deleted when the last snapshot is gone. Cinder has one message for everything
    that prevents a deletion, so the volume's own state must rule out the other reasons.
    """
    if [each.name for each in remaining] != [names.DATA_VOLUME] or "snapshot" not in remaining[0].reason:
        return False
    volume = context.attempt(lambda: stacks.heat.show_resource(ref, names.DATA_VOLUME))
    return volume.get("status") == "available" and not volume.get("attachments")


def _remaining(stacks: Stacks, ref: StackRef) -> list[StackResource]:
    gone = (("DELETE", "COMPLETE"), ("INIT", "COMPLETE"))
    try:
        found = stacks.heat.resources(ref)
    except ResourceNotFoundError:
        return []
    return [each for each in found if (each.action, each.status) not in gone]
