"""Recovering a stack that failed: updating it to the state that its resources really have.

With the plug-in's types nothing is replaced by that. With Heat's own types a replacement is forbidden, and fails.
"""

import uuid
from typing import Any

from trove_resources.clouds.orchestration import Stack, StackRef
from trove_resources.clouds.service import Json
from trove_resources.errors import DeadlineExceededError, RefusedError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import OneByOne, Wait
from trove_resources.inventory import InstanceRef
from trove_resources.orchestrator import following, move_state, protection, signals
from trove_resources.orchestrator.move_state import Move, Seen
from trove_resources.orchestrator.stacks import Stacks, minutes
from trove_resources.orchestrator.template import change, environment, names

_IDLE = ("ACTIVE", "SHUTOFF")
"""States of a server that has its flavor for good."""


def ready(context: FlowContext, stacks: Stacks, instance: InstanceRef) -> Stack:
    """Return an instance's stack when it can be changed: it is idle, and healthy or recovered.

    Raises ResourceFailedError, with what the operator can do, and DeadlineExceededError.
    """
    stack = context.attempt(lambda: stacks.get(instance))
    if stack.status == "IN_PROGRESS":
        fault = (
            f"Heat has been working on it since {stack.updated_at or 'its creation'}; try again when it is done. If it"
            f" makes no progress: openstack stack cancel {stack.ref.name}"
        )
        raise following.of_stack(stack, fault)
    if stack.status == "COMPLETE":
        protection.ensure(context, stacks, stack.ref)
    for name in _unhealthy(context, stacks, stack):
        stack = renew(context, stacks, stack.ref, name)
    return stack if stack.status == "COMPLETE" else _recover(context, stacks, stack)


def recover(
    context: FlowContext, stacks: Stacks, ref: StackRef, template: Json | None = None, *, confirm: bool = False
) -> Stack:
    """Update a failed stack to its own template, or to another one; the data volume keeps its size.

    ``confirm`` says that the template has the flavor of the row: a resize to it needs no verification, and nobody else
    confirms it. Raises ResourceFailedError, DeadlineExceededError.
    """
    return _recover(context, stacks, stacks.now(context, ref), template, confirm=confirm)


def renew(context: FlowContext, stacks: Stacks, ref: StackRef, name: str) -> Stack:
    """Delete and create a floating IP or a DNS record. Raises as ``recover``.

    Heat would create another one before it deletes the first, which Neutron and Designate refuse: a port has one
    floating IP per address, a zone one record set per name.
    """
    template = stacks.template(context, ref)
    context.tell("waiting", f"the {names.kind_of(name)} of stack {ref.name} to be created again")
    recover(context, stacks, ref, change.without(template, name))
    return recover(context, stacks, ref, template)


def correct_flavor(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Update a stack to the flavor that its server has, after a resize without Heat. Raises as ``recover``."""
    _recover(context, stacks, stacks.now(context, ref), _with_flavor_of_server(context, stacks, ref))


def _recover(
    context: FlowContext, stacks: Stacks, failed: Stack, template: Json | None = None, *, confirm: bool = False
) -> Stack:
    heat, ref, seconds = stacks.heat, failed.ref, stacks.settings.revert_seconds
    if _is_lost(failed):
        raise following.of_stack(failed, f"{failed.reason}; delete the instance, and create it again")
    _start_server(context, stacks, ref)
    if template is None:
        template = _with_current_flavor(context, stacks, ref)
    target = _with_current_size(context, stacks, ref, template)
    more = {"environment": environment(target), "tags": ",".join(protection.tags_of(failed, target, context.owner))}
    before = protection.physical_ids(context, heat, ref)
    context.attempt(lambda: heat.patch(ref, minutes=minutes(seconds), rollback=False, template=target, **more))
    if confirm and target["resources"].get(names.SERVER, {}).get("type") == names.PLUG_IN.server:
        _confirm_when_resized(context, stacks, ref, change.properties(target, names.SERVER).get("flavor"))
    stack = following.await_idle(context, heat, ref, seconds=seconds)
    if stack is None:
        raise following.gone(ref)
    protection.check_not_replaced(context, heat, ref, before)
    if stack.status != "COMPLETE":
        ended = stack
        cause = context.attempt(lambda: following.failure(heat, ended))
        fault = f"{cause}. Nothing was replaced; repair that resource by hand, and try again"
        raise following.of_stack(stack, fault)
    return stack


def _unhealthy(context: FlowContext, stacks: Stacks, stack: Stack) -> list[str]:
    """Return the names of the resources that failed, or were marked as unhealthy, and can be renewed."""
    if _is_lost(stack):
        return []
    ref = stack.ref
    found = context.attempt(lambda: stacks.heat.resources(ref))
    failed = {each.name for each in found if each.status == "FAILED" and each.physical_id}
    template = stacks.template(context, ref)
    return [name for name in (names.FLOATING_IP, names.DNS_RECORD) if name in failed & set(template["resources"])]


def _confirm_when_resized(context: FlowContext, stacks: Stacks, ref: StackRef, flavor_id: str | None) -> None:
    """Confirm the resize that a recovery needs. Return when it is confirmed, or the stack is idle.

    Raises DeadlineExceededError.
    """

    def waits(move: Move) -> bool:
        # An earlier move, whose heat-engine died, may be recorded as waiting although it was decided in Nova.
        is_wanted = (move.operation, move.goal, move.status) == ("resize", flavor_id, move_state.WAITING)
        return is_wanted and move.server_status == move_state.VERIFY_RESIZE

    wait: Wait[Seen] = Wait(
        what=f"stack {ref.name} to be recovered",
        reached=lambda seen: (
            seen is None or seen.stack is None or seen.stack.status != "IN_PROGRESS" or waits(seen.move)
        ),
        seconds=stacks.settings.revert_seconds,
        show=move_state.show,
    )
    try:
        seen = context.wait(move_state.move_watch(stacks.heat, plug_in=True), str(ref), wait)
    except DeadlineExceededError as late:
        raise following.with_unfinished(context, stacks.heat, ref, late) from late
    if seen is not None and waits(seen.move):
        ours = seen.move.id
        move_state.confirm(context, stacks, ref, lambda move: move.id == ours, key=f"-{ours}")


def _with_current_flavor(context: FlowContext, stacks: Stacks, ref: StackRef) -> Json:
    """Return the template, with the server's present flavor if the server failed: a resize needs a verification."""
    server = context.attempt(lambda: stacks.heat.resource(ref, names.SERVER))
    if server.status == "COMPLETE":
        return stacks.template(context, ref)
    return _with_flavor_of_server(context, stacks, ref)


def _with_flavor_of_server(context: FlowContext, stacks: Stacks, ref: StackRef) -> Json:
    """Return the template with the flavor that an idle server has. Heat does not show the flavor's id, Nova does."""
    template = stacks.template(context, ref)
    server = context.attempt(lambda: stacks.heat.show_resource(ref, names.SERVER))
    if server.get("status") not in _IDLE:
        return template
    flavor_id = context.attempt(lambda: stacks.compute.flavor_id(str(server["id"])))
    return change.with_flavor(template, flavor_id, None)


def _with_current_size(context: FlowContext, stacks: Stacks, ref: StackRef, template: Json) -> Json:
    """Return the template with the size that the data volume has, once it is no longer being extended.

    After a failed update the template may hold a smaller size, which is refused, or a larger one, which Heat regards
    as reached once it has tried it. Raises DeadlineExceededError.
    """
    if names.DATA_VOLUME not in template["resources"]:
        return template
    heat = stacks.heat
    wait: Wait[Any] = Wait(
        what=f"the data volume of stack {ref.name} to be extended",
        reached=lambda volume: volume is None or volume["status"] != "extending",
        seconds=stacks.settings.revert_seconds,
        show=lambda volume: f"{volume['status']}, {volume['size']} GiB" if volume else "not found",
    )
    watch = OneByOne(
        ("data volume", heat), lambda path: heat.show_resource(StackRef.of(path), names.DATA_VOLUME) or None
    )
    volume = context.wait(watch, str(ref), wait)
    return template if volume is None else change.with_size(template, int(volume["size"]))


def _is_lost(stack: Stack) -> bool:
    """Return whether a stack was never complete, or is half deleted: it is not updated."""
    return stack.status == "FAILED" and stack.action in ("CREATE", "DELETE", "ADOPT")


def _start_server(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Have the plug-in start a server in ERROR. If that fails, the update that follows reports why."""
    server = context.attempt(lambda: stacks.heat.resource(ref, names.SERVER, attributes=["show"]))
    if server.type != names.PLUG_IN.server or (server.attributes.get("show") or {}).get("status") != "ERROR":
        return
    try:
        seconds = stacks.settings.reboot_seconds
        signals.send_and_wait(context, stacks.heat, ref, "recover", seconds=seconds, key=f"-{uuid.uuid4()}")
    except (RefusedError, ResourceFailedError, DeadlineExceededError):
        return
