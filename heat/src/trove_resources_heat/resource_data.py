"""The state that a server resource stores in Heat's database (``resource_data``): its latest move and operations.

Other threads, other engines and clients read it. The keys and their JSON are a format: during a rolling upgrade engines
of two versions read what the other wrote. Each key has one writer at a time. A move has an id, so that what was stored
about an earlier move is never applied to a later one.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from oslo_utils import timeutils

MOVING, WAITING, CONFIRMED, REVERTED, FAILED = "MOVING", "WAITING", "CONFIRMED", "REVERTED", "FAILED"
"""Statuses of a move: under way; waiting to be confirmed or reverted; and the three ways it ends."""
IN_PROGRESS, COMPLETE = "IN_PROGRESS", "COMPLETE"
"""Statuses of an operation, besides FAILED."""
RESIZE, MIGRATE = "resize", "migrate"
"""Kinds of moves."""
_MOVE, _REVERT_REQUEST, _OPERATION = "trove_move", "trove_verdict", "trove_operation_"
_SERVER = "server_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A resize or a cold migration of a server. The fields are keys of the stored JSON."""

    id: str
    operation: str
    """RESIZE or MIGRATE."""
    goal: str
    """The flavor or the host; empty for any host."""
    status: str = MOVING
    deadline: str | None = None
    """When the move is reverted unless it is confirmed before; ISO 8601, UTC. Set when it becomes WAITING."""
    reason: str | None = None
    """Why the move was reverted, or failed."""

    @property
    def ended(self) -> bool:
        """Return whether the move was confirmed or reverted, or failed."""
        return self.status not in (MOVING, WAITING)


def now() -> datetime:
    """Return the wall clock time: deadlines are read by other processes."""
    moment: datetime = timeutils.utcnow(with_timezone=True)
    return moment


def as_text(moment: datetime) -> str:
    """Return a time as ISO 8601 in UTC, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class ResourceData:
    """The stored state of one server resource."""

    def __init__(self, resource: Any) -> None:
        self._resource = resource

    def latest_move(self) -> Move | None:
        """Return the latest move, as stored in the database now."""
        row = self._read(_MOVE)
        return None if row is None else Move(**row)

    def loaded_move(self) -> Move | None:
        """Return the move that was the latest when Heat loaded the resource."""
        row = self._row(self._resource.data().get(_MOVE))
        return None if row is None else Move(**row)

    def is_latest(self, move: Move) -> bool:
        """Return whether no later move has begun."""
        latest = self.latest_move()
        return latest is not None and latest.id == move.id

    def begin_move(self, operation: str, goal: str) -> Move:
        """Store a move that is about to begin, and return it."""
        move = Move(id=uuid4().hex, operation=operation, goal=goal)
        self.withdraw_revert_request()
        self._write(_MOVE, asdict(move))
        return move

    def wait_for_decision(self, move: Move, seconds: int) -> datetime:
        """Store that a move waits to be confirmed or reverted, and return its deadline."""
        deadline = now() + timedelta(seconds=seconds)
        self._change_move(move.id, status=WAITING, deadline=as_text(deadline))
        return deadline

    def end_move(self, move_id: str, status: str, reason: str | None = None) -> None:
        """Store how a move ended, unless its end is stored already or a later move has begun."""
        self._change_move(move_id, status=status, reason=reason)

    def request_revert(self, reason: str) -> None:
        """Request that whoever watches the current move reverts it."""
        move = self.latest_move()
        if move is not None and not move.ended:
            self._write(_REVERT_REQUEST, {"id": move.id, "reason": reason})

    def withdraw_revert_request(self) -> None:
        """Withdraw the request to revert the current move."""
        self._resource.data_delete(_REVERT_REQUEST)

    def revert_reason(self, move: Move) -> str | None:
        """Return why a move is to be reverted, or None if no revert was requested."""
        row = self._read(_REVERT_REQUEST)
        return str(row["reason"]) if row and row["id"] == move.id else None

    def set_operation(self, action: str, operation_id: str, status: str, reason: str | None = None) -> None:
        """Store the status of the latest operation of its kind."""
        row = {"id": operation_id, "status": status, "reason": reason, "at": as_text(now())}
        self._write(_OPERATION + action, row)

    def operations(self) -> dict[str, Any]:
        """Return the latest operation of each kind."""
        rows = {key: self._row(text) for key, text in self._texts().items() if key.startswith(_OPERATION)}
        return {key.removeprefix(_OPERATION): row for key, row in rows.items() if row is not None}

    def _change_move(self, move_id: str, **changes: Any) -> None:
        move = self.latest_move()
        if move is not None and move.id == move_id and not move.ended:
            self._write(_MOVE, asdict(replace(move, **changes)))

    def _read(self, key: str) -> dict[str, Any] | None:
        return self._row(self._texts().get(key))

    def _row(self, text: str | None) -> dict[str, Any] | None:
        """Return the decoded row if it is about this server: SQLite reuses the ids of deleted resources."""
        row: dict[str, Any] = json.loads(text) if text else {}
        return row if row.pop(_SERVER, None) == self._resource.resource_id else None

    def _texts(self) -> dict[str, str]:
        # Other engines write too, so the resource's cache may be stale.
        self._resource._data = None  # noqa: SLF001 - there is no other way to have it read again
        return dict(self._resource.data())

    def _write(self, key: str, row: dict[str, Any]) -> None:
        self._resource.data_set(key, json.dumps({**row, _SERVER: self._resource.resource_id}))
