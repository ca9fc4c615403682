"""Following a stack: waiting until Heat is done with it, and reading from its events why it failed."""

from collections.abc import Callable

from trove_resources.clouds.orchestration import Orchestration, Stack, StackEvent, StackRef, StackResource
from trove_resources.errors import CloudError, DeadlineExceededError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import Listed, Wait
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator.template import names

_ABORTED = ("aborted", "cancelled")
"""Heat's words for resources that it stopped because another one failed."""


def stack_watch(heat: Orchestration) -> Listed[Stack]:
    """Return the watch of stacks: one with a GET, several with a list."""
    return Listed(
        ("stack", heat),
        one=lambda path: heat.stack(StackRef.of(path)),
        many=lambda paths: {str(ref): stack for ref, stack in heat.stacks(map(StackRef.of, paths)).items()},
    )


def await_idle(
    context: FlowContext, heat: Orchestration, ref: StackRef, *, seconds: float, check: Callable[[], None] | None = None
) -> Stack | None:
    """Return the stack once it is not in progress; None when it was deleted.

    Raises DeadlineExceededError, with the resources that Heat has not finished.
    """
    wait: Wait[Stack] = Wait(
        what=f"stack {ref.name} to be idle",
        reached=lambda stack: stack is None or stack.status != "IN_PROGRESS",
        seconds=seconds,
        show=show,
        check=check or (lambda: None),
    )
    try:
        return context.wait(stack_watch(heat), str(ref), wait)
    except DeadlineExceededError as late:
        last = f"{late.last}{_unfinished(context, heat, ref)}"
        raise DeadlineExceededError(what=late.what, seconds=late.seconds, last=last) from late


def _unfinished(context: FlowContext, heat: Orchestration, ref: StackRef) -> str:
    """Return a text that names the resources in progress."""
    try:
        found = context.attempt(lambda: heat.resources(ref))
    except CloudError as error:
        return f"; {error}"
    busy = [
        f"{names.kind_of(each.name) or each.name} {each.physical_id or ''}".strip()
        for each in found
        if each.status == "IN_PROGRESS"
    ]
    return f"; not done: {', '.join(busy)}" if busy else ""


def show(stack: Stack | None) -> str:
    """Return a stack's state as text."""
    return f"{stack.action}_{stack.status}: {stack.reason}" if stack else "not found"


def failure(heat: Orchestration, stack: Stack) -> ResourceFailedError:
    """Return the cause of a stack's failure, from Heat's events: the resource, and its service's message."""
    failed = [each for each in _latest(heat.events(stack.ref), stack.ref) if each.status.endswith("_FAILED")]
    causes = [each for each in failed if not any(word in each.reason.lower() for word in _ABORTED)]
    for cause in causes or failed:
        # Until a resource has an id in its service, Heat shows a name of its own.
        has_id = cause.physical_id and not cause.physical_id.startswith(stack.ref.name)
        return resource_error(
            cause.resource,
            cause.physical_id if has_id else f"of stack {stack.ref.name}",
            status=cause.status,
            fault=cause.reason,
        )
    return of_stack(stack, stack.reason or "Heat gives no reason")


def failure_of(resource: StackResource) -> ResourceFailedError:
    """Return the failure of a resource, with the reason that Heat shows."""
    return resource_error(
        resource.name,
        resource.physical_id or resource.name,
        status=f"{resource.action}_{resource.status}",
        fault=resource.reason,
    )


def resource_error(name: str, resource_id: str, *, status: str, fault: str) -> ResourceFailedError:
    """Return the error of a resource of a stack. One that is not ours is reported as the stack's, by its name."""
    kind = names.kind_of(name)
    if kind is None:
        kind, fault = ResourceKind.STACK, f"resource {name}: {fault}"
    return ResourceFailedError(kind=kind, resource_id=resource_id, status=status, fault=fault)


def gone(ref: StackRef) -> ResourceFailedError:
    """Return the error of a stack that was deleted while it was in use."""
    return ResourceFailedError(
        kind=ResourceKind.STACK, resource_id=ref.name, status="not found", fault="it was deleted in the meantime"
    )


def of_stack(stack: Stack, fault: str) -> ResourceFailedError:
    """Return the error of a stack that is not as it should be."""
    return ResourceFailedError(
        kind=ResourceKind.STACK, resource_id=stack.ref.name, status=f"{stack.action}_{stack.status}", fault=fault
    )


def _latest(events: list[StackEvent], ref: StackRef) -> list[StackEvent]:
    """Return the resources' events since the last request to Heat; a rollback is not a request."""
    starts = [
        number
        for number, event in enumerate(events)
        if event.resource == ref.name and event.status.endswith("_IN_PROGRESS") and "ROLLBACK" not in event.status
    ]
    since = events[starts[-1] :] if starts else events
    return [event for event in since if event.resource != ref.name]
