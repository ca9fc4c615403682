"""One update of a stack: begun once, followed to its end, and taken back."""

from collections.abc import Callable
from dataclasses import dataclass, field

from trove_resources import markers
from trove_resources.clouds.orchestration import Stack, StackRef
from trove_resources.clouds.service import Json
from trove_resources.errors import DeadlineExceededError, RefusedError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.orchestrator import following, guard
from trove_resources.orchestrator.guard import Path
from trove_resources.orchestrator.stacks import Stacks, minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What a stack is updated to."""

    what: str
    """In one word: it tells the updates of a task apart."""
    before: Json
    """The template as it was read."""
    template: Json
    allowed: tuple[Path, ...]
    """Where it may differ from the one before."""
    seconds: float
    rollback: bool = True
    parameters: Json = field(default_factory=dict, repr=False)

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to do."""
        return self.template == self.before and not self.parameters


def begin(context: FlowContext, stacks: Stacks, ref: StackRef, update: Update) -> None:
    """Begin an update, once, even if Heat's answer is lost: it leaves a tag. Raises GuardError and CloudError."""
    guard.check(update.before, update.template, update.allowed)
    tag = markers.update_tag(context.owner, update.what)

    def look_then_update() -> None:
        stack = _there(stacks, ref)
        if tag in stack.tags:
            return
        if stack.status == "IN_PROGRESS":
            raise following.of_stack(stack, "somebody else has begun to change it; ask again when that is done")
        others = [each for each in stack.tags if not each.startswith(markers.UPDATE_TAG)]
        more = {"parameters": update.parameters} if update.parameters else {}
        stacks.heat.patch(
            ref,
            minutes=minutes(update.seconds),
            rollback=update.rollback,
            template=update.template,
            tags=",".join([*others, tag]),
            **more,
        )

    context.attempt(look_then_update)


def run(
    context: FlowContext,
    stacks: Stacks,
    ref: StackRef,
    update: Update,
    *,
    check: Callable[[], None] | None = None,
) -> None:
    """Update a stack and return when it is. Raises what failed: ResourceFailedError, DeadlineExceededError, CloudError.

    What is raised leaves the stack as Heat left it: with its rollback, or at work. ``take_back`` sees to that.
    """
    if update.changes_nothing:
        return
    begin(context, stacks, ref, update)
    stack = following.await_idle(context, stacks.heat, ref, seconds=update.seconds, check=check)
    check_done(context, stacks, ref, stack, update.what)


def run_forward(context: FlowContext, stacks: Stacks, ref: StackRef, update: Update) -> None:
    """Update a stack to one that has a resource less, and return when it is. Raises what failed, after a second try.

    There is no way back: in the place of what it could not delete, Heat makes another, and forgets the first. So such
    an update is without rollback; the stack's template says what shall be, and whoever comes next tries again.
    """
    try:
        run(context, stacks, ref, update)
    except DeadlineExceededError:
        cancel(context, stacks, ref, rollback=False)
        raise
    except ResourceFailedError as failed:
        stack = context.attempt(lambda: stacks.heat.stack(ref))
        if stack is None or stack.status != "FAILED":
            raise
        try:
            stacks.recover(context, ref)
        except ResourceFailedError:
            raise failed from None


def start_again(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """End an update that nobody watches any more, and have the stack as that wanted it. Raises what failed."""
    cancel(context, stacks, ref, rollback=False)
    following.await_idle(context, stacks.heat, ref, seconds=stacks.settings.revert_seconds)
    stacks.recover(context, ref)


def has_begun(context: FlowContext, stacks: Stacks, ref: StackRef, what: str) -> bool:
    """Say whether Heat has been given an update of this task."""
    stack = context.attempt(lambda: _there(stacks, ref))
    return markers.update_tag(context.owner, what) in stack.tags


def check_done(context: FlowContext, stacks: Stacks, ref: StackRef, stack: Stack | None, what: str) -> None:
    """Raise ResourceFailedError, with its cause, unless a stack at rest is where an update was to take it."""
    if stack is None:
        raise following.gone(ref)
    if (stack.action, stack.status) != ("UPDATE", "COMPLETE"):
        ended = stack
        raise context.attempt(lambda: following.failure(stacks.heat, ended))
    if markers.update_tag(context.owner, what) not in stack.tags:
        raise following.of_stack(stack, "somebody else updated it at the same moment; ask again")


def take_back(
    context: FlowContext, stacks: Stacks, ref: StackRef, template: Json, *whats: str, rollback: bool = True
) -> None:
    """Have a stack as a template says, whatever ``whats``, updates of this task, have left; nothing is replaced.

    With ``rollback`` one that still runs is rolled back, else only stopped. A stack of which this task has updated
    nothing is left alone: somebody else may be at work on it. Raises what failed.
    """
    stack = context.attempt(lambda: _there(stacks, ref))
    if not {markers.update_tag(context.owner, what) for what in whats} & set(stack.tags):
        return
    if stack.status == "IN_PROGRESS":
        cancel(context, stacks, ref, rollback=rollback)
        following.await_idle(context, stacks.heat, ref, seconds=stacks.settings.revert_seconds)
        stack = context.attempt(lambda: _there(stacks, ref))
    if stack.status != "COMPLETE" or context.attempt(lambda: stacks.heat.template(ref)) != template:
        stacks.recover(context, ref, template)


def cancel(context: FlowContext, stacks: Stacks, ref: StackRef, *, rollback: bool) -> None:
    """Have Heat end what it does with a stack; with ``rollback``, take it back. Raises CloudError."""
    try:
        context.attempt(lambda: stacks.heat.cancel(ref, rollback=rollback))
    except RefusedError as refused:
        # It has just ended by itself, or is rolled back already.
        context.tell("waiting", f"stack {ref.name} to end what it does ({refused.said})")


def _there(stacks: Stacks, ref: StackRef) -> Stack:
    stack = stacks.heat.stack(ref)
    if stack is None:
        raise following.gone(ref)
    return stack
