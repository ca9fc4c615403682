"""What nobody watches any more: moves whose engine, or whose task, has died.

A heat-engine that is killed does not take up again what it had begun, and nobody reverts a server that waits at
VERIFY_RESIZE. Heat's plug-in wrote down until when it waits: after that a cancelled update takes the server back.
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
"""How long after the deadline an engine that lives may take to do it itself."""


def sweep(heat: Orchestration, now: datetime) -> Sequence[str]:
    """End every resize that waits, and that nobody decided in time; return the names of its stacks.

    One list asks for all stacks that Heat is at work on. What fails is logged, and tried again the next time.
    """
    swept: list[str] = []
    for stack in heat.at_work(markers.ENGINE_TAG):
        try:
            if _is_plug_in(heat, stack.ref) and _end_if_over(heat, stack.ref, now):
                swept.append(stack.ref.name)
        except CloudError as error:
            LOG.warning("stack %s is not swept now: %s", stack.ref, error)
    return swept


def _end_if_over(heat: Orchestration, ref: StackRef, now: datetime) -> bool:
    """End an update whose resize still waits for a decision, although its time is over; say whether it was so."""
    move = move_state.move_of(heat, ref)
    if not _is_over(move, now):
        return False
    undecided = move.server_status == move_state.VERIFY_RESIZE
    # One that was decided stays where it is: the next operation has the stack say so.
    heat.cancel(ref, rollback=undecided)
    what = "it is taken back" if undecided else f"the server is {move.server_status}, and stays as it is"
    LOG.warning("stack %s: nobody decided on its resize in time, or saw it: %s", ref, what)
    return True


def settle(stacks: Stacks, instance: InstanceRef, now: datetime) -> Reconciled | None:
    """Return what an interrupted task has left of an instance, once that is certain; None while Heat is at work.

    A migration that waits for a decision, and whose time is over, is taken back. Raises CloudError.
    """
    stack = stacks.find(instance.instance_id)
    if stack is None:
        return Reconciled()
    if stack.status == "IN_PROGRESS":
        return None
    if _is_plug_in(stacks.heat, stack.ref):
        move = move_state.move_of(stacks.heat, stack.ref)
        undecided = move.server_status == move_state.VERIFY_RESIZE
        if move.operation == "migrate" and undecided and _is_over(move, now):
            stacks.heat.signal(stack.ref, names.SERVER, {"action": "revert", "reason": "nobody decided in time"})
            return None
        if move.status in (move_state.MOVING, move_state.WAITING) and not _is_over(move, now):
            return None
    return _settled(stacks, stack)


def _settled(stacks: Stacks, stack: Stack) -> Reconciled:
    template = stacks.heat.template(stack.ref)
    volume: dict[str, Any] = {}
    if names.volume("data") in template["resources"]:
        volume = stacks.heat.shown(stack.ref, names.volume("data"))
    flavor = change.properties(template, names.SERVER).get("flavor")
    # Of an update that failed the template may say what was wanted.
    return Reconciled(flavor_id=flavor if stack.status == "COMPLETE" else None, volume_size=volume.get("size"))


def _is_plug_in(heat: Orchestration, ref: StackRef) -> bool:
    return heat.resource(ref, names.SERVER).type == names.PLUG_IN.server


def _is_over(move: Move, now: datetime) -> bool:
    """Say whether a move still waits although its deadline has passed."""
    if move.status != move_state.WAITING or not move.deadline:
        return False
    return now > datetime.fromisoformat(move.deadline) + GRACE
