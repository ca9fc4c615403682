"""Ending orphaned moves, whose heat-engine or task manager died, and reading what they left.

A heat-engine that is killed does not resume what it had begun, and nobody reverts a server that waits at
VERIFY_RESIZE. The plug-in recorded the deadline of the wait: after that, canceling the update reverts the server.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from trove_resources import markers
from trove_resources.clouds.orchestration import Orchestration, Stack, StackRef
from trove_resources.contract import Reconciled
from trove_resources.errors import CloudError
from trove_resources.inventory import InstanceRef
from trove_resources.orchestrator import move_state
from trove_resources.orchestrator.move_state import Move
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change, names

LOG = logging.getLogger(__name__)
GRACE = timedelta(seconds=30)
"""How long after the deadline a live heat-engine may take to end a move itself."""


def end_orphaned(heat: Orchestration, now: datetime) -> Sequence[str]:
    """Cancel the updates whose resize still waits after its deadline; return the names of their stacks.

    One list returns all stacks in progress. What fails is logged, and tried again next time.
    """
    ended: list[str] = []
    for stack in heat.in_progress(markers.ENGINE_TAG):
        try:
            if _is_plug_in(heat, stack.ref) and _end_if_overdue(heat, stack.ref, now):
                ended.append(stack.ref.name)
        except CloudError as error:
            LOG.warning("stack %s: an orphaned resize could not be ended, trying again later: %s", stack.ref, error)
    return ended


def _end_if_overdue(heat: Orchestration, ref: StackRef, now: datetime) -> bool:
    """Cancel an update whose resize still waits after its deadline; return whether it did."""
    move = move_state.move_of(heat, ref)
    if not _is_overdue(move, now):
        return False
    undecided = move.server_status == move_state.VERIFY_RESIZE
    # A resize that was confirmed or reverted in Nova stays: the next operation recovers the stack.
    heat.cancel(ref, rollback=undecided)
    outcome = "it is reverted" if undecided else f"the server is {move.server_status}, and stays as it is"
    LOG.warning("stack %s: the resize was not confirmed in time: %s", ref, outcome)
    return True


def reconcile(stacks: Stacks, instance: InstanceRef, now: datetime) -> Reconciled | None:
    """Return what an interrupted task left of an instance; None while that can still change.

    A migration that still waits after its deadline is reverted. Raises CloudError.
    """
    stack = stacks.find(instance.instance_id)
    if stack is None:
        return Reconciled()
    if stack.status == "IN_PROGRESS":
        return None
    if _is_plug_in(stacks.heat, stack.ref):
        move = move_state.move_of(stacks.heat, stack.ref)
        undecided = move.server_status == move_state.VERIFY_RESIZE
        if move.operation == "migrate" and undecided and _is_overdue(move, now):
            stacks.heat.signal(stack.ref, names.SERVER, {"action": "revert", "reason": "it was not confirmed in time"})
            return None
        if move.status in (move_state.MOVING, move_state.WAITING) and not _is_overdue(move, now):
            return None
    return _reconciled(stacks, stack)


def _reconciled(stacks: Stacks, stack: Stack) -> Reconciled:
    template = stacks.heat.template(stack.ref)
    volume: dict[str, Any] = {}
    if names.DATA_VOLUME in template["resources"]:
        volume = stacks.heat.show_resource(stack.ref, names.DATA_VOLUME)
    flavor = change.properties(template, names.SERVER).get("flavor")
    # After a failed update the template may have the flavor that was not reached.
    return Reconciled(flavor_id=flavor if stack.status == "COMPLETE" else None, volume_size=volume.get("size"))


def _is_plug_in(heat: Orchestration, ref: StackRef) -> bool:
    return heat.resource(ref, names.SERVER).type == names.PLUG_IN.server


def _is_overdue(move: Move, now: datetime) -> bool:
    """Return whether a move still waits after its deadline."""
    if move.status != move_state.WAITING or not move.deadline:
        return False
    return now > datetime.fromisoformat(move.deadline) + GRACE
