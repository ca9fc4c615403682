"""Where a server stands on its way to another flavor or host, as Heat tells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from trove_resources.clouds.orchestration import Orchestration, Stack, StackRef
from trove_resources.orchestrator import following
from trove_resources.orchestrator.template import names

WAITING, MOVING = "WAITING", "MOVING"
VERIFY_RESIZE = "VERIFY_RESIZE"
"""Nova's status of a server that waits for a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move, as the plug-in writes it down; empty before the first."""

    id: str = ""
    operation: str = ""
    """``resize`` or ``migrate``."""
    goal: str = ""
    status: str = ""
    """``MOVING``, ``WAITING``, ``CONFIRMED``, ``REVERTED`` or ``FAILED``."""
    reason: str = ""
    deadline: str = ""
    server_status: str = ""
    """Nova's, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A stack, and its server while Heat is at work on it."""

    stack: Stack | None
    move: Move = Move()
    server_id: str = ""
    server_status: str = ""
    """Of Heat's own type only, as all that follows."""
    flavor: str = ""
    """Its name."""
    task_state: str | None = None
    updated_at: str = ""
    """When something last changed at the server, to the second."""


class MoveWatch:
    """How moves are asked for while somebody waits: stacks by one list, servers that are on their way one by one.

    Heat lists no attributes.
    """

    def __init__(self, heat: Orchestration, *, plug_in: bool) -> None:
        self._heat, self._plug_in = heat, plug_in
        self._stacks = following.StackWatch(heat)
        self.key = ("move", plug_in, heat)

    def one(self, resource_id: str) -> Seen:
        """Return what is seen of one."""
        return self._seen(self._stacks.one(resource_id))

    def many(self, resource_ids: Iterable[str]) -> Mapping[str, Seen]:
        """Return what is seen of each."""
        wanted = list(resource_ids)
        stacks = self._stacks.many(wanted)
        return {each: self._seen(stacks.get(each)) for each in wanted}

    def _seen(self, stack: Stack | None) -> Seen:
        if stack is None or stack.status != "IN_PROGRESS":
            return Seen(stack=stack)
        if self._plug_in:
            return Seen(stack=stack, move=move_of(self._heat, stack.ref))
        return server_of(self._heat, stack)


def server_of(heat: Orchestration, stack: Stack) -> Seen:
    """Return a stack's server as Nova shows it to Heat."""
    shown = heat.shown(stack.ref, names.SERVER)
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
    shown = heat.resource(ref, names.SERVER, attributes=["resize_state"]).attributes
    row: dict[str, Any] = shown.get("resize_state") or {}
    return Move(**{field.name: row.get(field.name) or "" for field in fields(Move)})


def show(seen: Seen | None) -> str:
    """Put what was seen into words."""
    if seen is None:
        return "nothing"
    move, server = seen.move, seen.server_status
    about = f"; the {move.operation} is {move.status} {move.reason}".rstrip() if move.id else ""
    return f"{following.show(seen.stack)}{about}{f'; the server is {server}' if server else ''}"
