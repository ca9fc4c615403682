"""Following what Heat does with a stack, until it is done, and reading why it failed."""

from collections.abc import Callable, Iterable, Mapping

from trove_resources.clouds.orchestration import Orchestration, Stack, StackEvent, StackRef
from trove_resources.errors import CloudError, DeadlineExceededError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import Wait

_ABORTED = ("aborted", "cancelled")
"""What Heat says of resources that had to stop because of another's failure."""


class StackWatch:
    """How stacks are asked for while somebody waits: one with a GET, many with a list."""

    def __init__(self, heat: Orchestration) -> None:
        self._heat = heat
        self.key = ("stack", heat)

    def one(self, resource_id: str) -> Stack | None:
        """Return a stack."""
        return self._heat.stack(StackRef.of(resource_id))

    def many(self, resource_ids: Iterable[str]) -> Mapping[str, Stack]:
        """Return those that are there."""
        return {str(ref): stack for ref, stack in self._heat.stacks(map(StackRef.of, resource_ids)).items()}


def await_idle(
    context: FlowContext, heat: Orchestration, ref: StackRef, *, seconds: float, check: Callable[[], None] | None = None
) -> Stack | None:
    """Return the stack once Heat does nothing with it; None when it is gone.

    Raises DeadlineExceededError, which says what Heat still works at.
    """
    wait: Wait[Stack] = Wait(
        what=f"stack {ref.name} to be at rest",
        reached=lambda stack: stack is None or stack.status != "IN_PROGRESS",
        seconds=seconds,
        show=show,
        check=check or (lambda: None),
    )
    try:
        return context.wait(StackWatch(heat), str(ref), wait)
    except DeadlineExceededError as late:
        last = f"{late.last}{_at_work(context, heat, ref)}"
        raise DeadlineExceededError(what=late.what, seconds=late.seconds, last=last) from late


def _at_work(context: FlowContext, heat: Orchestration, ref: StackRef) -> str:
    """Put into words which resources Heat has not finished."""
    try:
        found = context.attempt(lambda: heat.resources(ref))
    except CloudError as error:
        return f"; {error}"
    busy = [f"{each.name.replace('_', ' ')} {each.physical_id or ''}" for each in found if each.status == "IN_PROGRESS"]
    return f"; not done: {', '.join(map(str.strip, busy))}" if busy else ""


def show(stack: Stack | None) -> str:
    """Put a stack's state into words."""
    return f"{stack.action}_{stack.status}: {stack.reason}" if stack else "not there"


def failure(heat: Orchestration, stack: Stack) -> ResourceFailedError:
    """Return what Heat's events say was the cause of a stack's failure: the resource, and what its service said."""
    failed = [each for each in _latest(heat.events(stack.ref), stack.ref) if each.status.endswith("_FAILED")]
    causes = [each for each in failed if not any(word in each.reason.lower() for word in _ABORTED)]
    for cause in causes or failed:
        # Heat has a name of its own for what it has not made.
        made = cause.physical_id and not cause.physical_id.startswith(stack.ref.name)
        return ResourceFailedError(
            kind=cause.resource.replace("_", " "),
            resource_id=cause.physical_id if made else f"of stack {stack.ref.name}",
            status=cause.status,
            fault=cause.reason,
        )
    return of_stack(stack, stack.reason or "Heat gives no reason")


def gone(ref: StackRef) -> ResourceFailedError:
    """Return the error for a stack that was there."""
    return ResourceFailedError(kind="stack", resource_id=ref.name, status="not there", fault="it was deleted meanwhile")


def of_stack(stack: Stack, fault: str) -> ResourceFailedError:
    """Return the error for a stack that is not what it should be."""
    return ResourceFailedError(
        kind="stack", resource_id=stack.ref.name, status=f"{stack.action}_{stack.status}", fault=fault
    )


def _latest(events: list[StackEvent], ref: StackRef) -> list[StackEvent]:
    """Return the resources' events since Heat was last asked for something; a rollback is its own doing."""
    began = [
        number
        for number, event in enumerate(events)
        if event.resource == ref.name and event.status.endswith("_IN_PROGRESS") and "ROLLBACK" not in event.status
    ]
    since = events[began[-1] :] if began else events
    return [event for event in since if event.resource != ref.name]
