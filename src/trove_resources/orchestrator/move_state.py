"""The state of a move, a resize or a migration of a server, as Heat shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from trove_resources.clouds.orchestration import Orchestration, Stack, StackRef
from trove_resources.errors import RefusedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import Listed
from trove_resources.orchestrator import following, signals
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import names

MOVING, WAITING, CONFIRMED, REVERTED, FAILED = "MOVING", "WAITING", "CONFIRMED", "REVERTED", "FAILED"
"""The states of a move. In WAITING the server waits to be confirmed or reverted."""
VERIFY_RESIZE = "VERIFY_RESIZE"
"""Nova's status of a server that waits to be confirmed or reverted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The latest move of a server, as the plug-in records it; empty before the first one."""

    id: str = ""
    operation: str = ""
    """``resize`` or ``migrate``."""
    goal: str = ""
    status: str = ""
    reason: str = ""
    deadline: str = ""
    server_status: str = ""
    """Nova's status of the server at present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A stack, and while it is in progress its move, or its server if that is of Heat's own type."""

    stack: Stack | None
    move: Move = Move()
    server_id: str = ""
    server_status: str = ""
    flavor: str = ""
    """The flavor's name."""
    task_state: str | None = None
    updated_at: str = ""
    """When the server last changed, to the second."""


def move_watch(heat: Orchestration, *, plug_in: bool) -> Listed[Seen]:
    """Return the watch of moves: stacks with one list, their servers one by one, since Heat lists no attributes."""
    stacks = following.stack_watch(heat)

    def seen(stack: Stack | None) -> Seen:
        if stack is None or stack.status != "IN_PROGRESS":
            return Seen(stack=stack)
        return Seen(stack=stack, move=move_of(heat, stack.ref)) if plug_in else server_of(heat, stack)

    def many(paths: Iterable[str]) -> Mapping[str, Seen]:
        wanted = list(paths)
        found = stacks.many(wanted)
        return {path: seen(found.get(path)) for path in wanted}

    return Listed(("move", plug_in, heat), one=lambda path: seen(stacks.one(path)), many=many)


def server_of(heat: Orchestration, stack: Stack) -> Seen:
    """Return a stack's server, as Nova shows it to Heat."""
    shown = heat.show_resource(stack.ref, names.SERVER)
    return Seen(
        stack=stack,
        server_id=shown.get("id", ""),
        server_status=shown.get("status", ""),
        flavor=shown.get("flavor", {}).get("original_name", ""),
        task_state=shown.get("OS-EXT-STS:task_state"),
        updated_at=shown.get("updated", ""),
    )


def move_of(heat: Orchestration, ref: StackRef) -> Move:
    """Return the latest move of a stack's server."""
    attributes = heat.resource(ref, names.SERVER, attributes=["resize_state"]).attributes
    row: dict[str, Any] = attributes.get("resize_state") or {}
    return Move(**{field.name: row.get(field.name) or "" for field in fields(Move)})


def confirm(context: FlowContext, stacks: Stacks, ref: StackRef) -> None:
    """Confirm a move that waits. Raises CloudError if it does not wait, and was not confirmed before."""
    try:
        signals.send(context, stacks.heat, ref, "confirm")
    except RefusedError:
        if context.attempt(lambda: move_of(stacks.heat, ref)).status != CONFIRMED:
            raise


def show(seen: Seen | None) -> str:
    """Return the state of a move as text."""
    if seen is None:
        return "nothing"
    move, server = seen.move, seen.server_status
    progress = f"; the {move.operation} is {move.status} {move.reason}".rstrip() if move.id else ""
    return f"{following.show(seen.stack)}{progress}{f'; the server is {server}' if server else ''}"
