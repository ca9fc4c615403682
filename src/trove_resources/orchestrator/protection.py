"""The protection of what holds data: Heat must not replace server, volumes and ports, and has not replaced them.

Heat keeps the protection in the stack's environment. A PUT without an environment (``openstack stack update -t``) drops
it, with the stack's tags; so does an adoption. After that, any resource that is marked as unhealthy is replaced by the
next update, or by its rollback, which uses the environment of before.
"""

import logging
import re
from collections.abc import Mapping, Sequence

from trove_resources import markers
from trove_resources.clouds.orchestration import Orchestration, Stack, StackRef
from trove_resources.clouds.service import Json
from trove_resources.flows.context import FlowContext
from trove_resources.markers import Owner
from trove_resources.orchestrator import following
from trove_resources.orchestrator.stacks import Stacks, minutes
from trove_resources.orchestrator.template import environment, names

LOG = logging.getLogger(__name__)
_VERSION = "trove_resources_template_"
"""The beginning of the tag with the template's version."""


def ensure(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Restore the protection and the tags of an idle stack, if they are missing. Raises the failure.

    The update has no rollback: a rollback would use the environment without protection.
    """
    template, stack = stacks.template(context, ref), stacks.now(context, ref)
    tags = tags_of(stack, template, context.owner)
    unprotected = _unprotected(context.attempt(lambda: stacks.heat.environment(ref)), environment(template))
    lost = [tag for tag in tags if tag not in stack.tags]
    if not unprotected and not lost:
        return
    LOG.warning(
        "stack %s: it was updated without its environment or tags; restoring the protection of %s and the tags %s",
        ref.name,
        ", ".join(unprotected) or "nothing",
        ", ".join(lost) or "none",
    )
    before, seconds = physical_ids(context, stacks.heat, ref), stacks.settings.revert_seconds

    def look_then_update() -> None:
        if stacks.now(context, ref).status != "IN_PROGRESS":
            more = {"environment": environment(template), "tags": ",".join(tags)}
            stacks.heat.patch(ref, minutes=minutes(seconds), rollback=False, **more)

    context.attempt(look_then_update)
    ended = following.await_idle(context, stacks.heat, ref, seconds=seconds)
    if ended is None:
        raise following.gone(ref)
    check_not_replaced(context, stacks.heat, ref, before)
    if ended.status != "COMPLETE":
        raise context.attempt(lambda: following.failure(stacks.heat, ended))


def tags_of(stack: Stack, template: Json, owner: Owner) -> list[str]:
    """Return the tags of an instance's stack, with those that somebody removed; the task that created it is lost."""
    described = re.search(r"template (\S+)$", template.get("description", ""))
    version = described.group(1) if described else names.VERSION
    has_version = any(tag.startswith(_VERSION) for tag in stack.tags)
    required = [
        tag
        for tag in markers.stack_tags(owner, version)
        if tag != owner.task_tag and not (has_version and tag.startswith(_VERSION))
    ]
    return [*stack.tags, *(tag for tag in required if tag not in stack.tags)]


def physical_ids(context: FlowContext, heat: Orchestration, ref: StackRef) -> dict[str, str]:
    """Return the ids of the protected resources in their services, by name."""
    found = context.attempt(lambda: heat.resources(ref))
    return {each.name: each.physical_id for each in found if each.name in names.PROTECTED and each.physical_id}


def check_not_replaced(context: FlowContext, heat: Orchestration, ref: StackRef, before: Mapping[str, str]) -> None:
    """Raise ResourceFailedError, with both ids, if a protected resource has another id than before."""
    after = physical_ids(context, heat, ref)
    for name, id_ in before.items():
        if after.get(name) != id_:
            fault = f"Heat has {after.get(name, 'none')} in its place since the update of stack {ref.name}"
            raise following.resource_error(name, id_, status="replaced", fault=fault)


def _unprotected(found: Json, wanted: Json) -> Sequence[str]:
    """Return the names of the resources that an environment does not protect from being replaced."""
    current = _resources(found)
    return [name for name in _resources(wanted) if "replace" not in _actions(current.get(name) or {})]


def _resources(env: Json) -> Json:
    found: Json = (env.get("resource_registry") or {}).get("resources") or {}
    return found


def _actions(resource: Json) -> Sequence[str]:
    actions: str | Sequence[str] = resource.get("restricted_actions") or ()
    return (actions,) if isinstance(actions, str) else actions
