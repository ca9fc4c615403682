"""One update of a stack: sent once, followed to its end, and undone."""

from collections.abc import Callable
from dataclasses import dataclass, field

from trove_resources import markers
from trove_resources.clouds.orchestration import Stack, StackRef
from trove_resources.clouds.service import Json
from trove_resources.errors import DeadlineExceededError, RefusedError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.orchestrator import following, guard, protection, recovery
from trove_resources.orchestrator.guard import Path
from trove_resources.orchestrator.stacks import Stacks, minutes
from trove_resources.orchestrator.template import environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """An update of a stack to another template."""

    name: str
    """One word that tells the updates of a task apart. It is part of a tag of the stack."""
    before: Json
    """The template as it was read back."""
    template: Json
    allowed: tuple[Path, ...]
    """The paths at which the two templates may differ."""
    seconds: float
    rollback: bool = True
    parameters: Json = field(default_factory=dict, repr=False)

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to update."""
        return self.template == self.before and not self.parameters


def begin(context: FlowContext, stacks: Stacks, ref: StackRef, update: Update) -> None:
    """Send an update. A tag makes sure that it is sent once, even if Heat's answer is lost.

    Raises GuardError and CloudError, and ResourceFailedError while another update is in progress.
    """
    guard.check(update.before, update.template, update.allowed)
    tag = markers.update_tag(context.owner, update.name)
    if not has_begun(context, stacks, ref, update.name):
        _ensure_protected(context, stacks, ref)

    def look_then_update() -> None:
        stack = _existing(stacks, ref)
        if tag in stack.tags:
            return
        if stack.status == "IN_PROGRESS":
            raise following.of_stack(stack, "another update is in progress; try again when it is done")
        tags = protection.tags_of(stack, update.template, context.owner)
        others = [each for each in tags if not each.startswith(markers.UPDATE_TAG)]
        more = {"parameters": update.parameters} if update.parameters else {}
        stacks.heat.patch(
            ref,
            minutes=minutes(update.seconds),
            rollback=update.rollback,
            template=update.template,
            environment=environment(update.template),
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
    """Update a stack, and return when it is complete. Raises ResourceFailedError, DeadlineExceededError, CloudError.

    After an error the stack is as Heat left it: rolled back, failed, or still in progress. ``restore`` undoes that.
    """
    if update.changes_nothing:
        return
    before = protection.physical_ids(context, stacks.heat, ref)
    begin(context, stacks, ref, update)
    stack = following.await_idle(context, stacks.heat, ref, seconds=update.seconds, check=check)
    if stack is not None:
        protection.check_not_replaced(context, stacks.heat, ref, before)
    check_complete(context, stacks, ref, stack, update.name)


def run_removal(context: FlowContext, stacks: Stacks, ref: StackRef, update: Update) -> None:
    """Update a stack to a template with one resource less. Raises the failure after a second attempt.

    Such an update has no rollback: Heat would create another resource in place of the one it could not delete, and
    forget the first. The stack keeps the new template, and the next operation tries again.
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
            recovery.recover(context, stacks, ref)
        except ResourceFailedError:
            raise failed from None


def restart(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Cancel an orphaned update, and update the stack to the same template again. Raises the failure."""
    cancel(context, stacks, ref, rollback=False)
    following.await_idle(context, stacks.heat, ref, seconds=stacks.settings.revert_seconds)
    recovery.recover(context, stacks, ref)


def has_begun(context: FlowContext, stacks: Stacks, ref: StackRef, name: str) -> bool:
    """Return whether Heat has accepted an update of this task, and no other one since."""
    stack = context.attempt(lambda: _existing(stacks, ref))
    return markers.update_tag(context.owner, name) in stack.tags


def check_complete(context: FlowContext, stacks: Stacks, ref: StackRef, stack: Stack | None, name: str) -> None:
    """Raise ResourceFailedError, with the cause, unless an update of this task has completed."""
    if stack is None:
        raise following.gone(ref)
    if stack.action not in ("UPDATE", "ROLLBACK"):
        fault = f"somebody requested a {stack.action.lower()} of it, which ended the update half-way; try again"
        raise following.of_stack(stack, fault)
    if (stack.action, stack.status) != ("UPDATE", "COMPLETE"):
        ended = stack
        raise context.attempt(lambda: following.failure(stacks.heat, ended))
    if markers.update_tag(context.owner, name) not in stack.tags:
        raise following.of_stack(stack, "it was updated by someone else at the same time; try again")


def restore(
    context: FlowContext, stacks: Stacks, ref: StackRef, template: Json, *updates: str, rollback: bool = True
) -> None:
    """Restore a stack to a template after ``updates`` of this task, however far they got. Nothing is replaced.

    An update in progress is canceled: with ``rollback`` it is rolled back, else only stopped. A stack that this task
    has not updated is left alone: another task may be working on it. Raises the failure.
    """
    stack = context.attempt(lambda: _existing(stacks, ref))
    if not {markers.update_tag(context.owner, name) for name in updates} & set(stack.tags):
        return
    if stack.status == "IN_PROGRESS":
        cancel(context, stacks, ref, rollback=rollback)
        following.await_idle(context, stacks.heat, ref, seconds=stacks.settings.revert_seconds)
        stack = context.attempt(lambda: _existing(stacks, ref))
    if stack.status != "COMPLETE" or context.attempt(lambda: stacks.heat.template(ref)) != template:
        recovery.recover(context, stacks, ref, template, confirm=True)


def cancel(context: FlowContext, stacks: Stacks, ref: StackRef, *, rollback: bool) -> None:
    """Cancel the update in progress, with or without a rollback. Raises CloudError."""
    try:
        context.attempt(lambda: stacks.heat.cancel(ref, rollback=rollback))
    except RefusedError as refused:
        # The update has just ended, or is being rolled back already.
        context.tell("waiting", f"the update of stack {ref.name} to end ({refused.said})")


def _ensure_protected(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Restore the protection of an idle stack. One in progress is refused by the caller."""
    if stacks.now(context, ref).status != "IN_PROGRESS":
        protection.ensure(context, stacks, ref)


def _existing(stacks: Stacks, ref: StackRef) -> Stack:
    stack = stacks.heat.stack(ref)
    if stack is None:
        raise following.gone(ref)
    return stack
