"""What a resource keeps in Heat's database for other threads, other engines and clients: its moves and operations.

Every key has one writer at a time. A move has an id, so what is said about an earlier one is never taken for a later
one.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from oslo_utils import timeutils

MOVING, WAITING, CONFIRMED, REVERTED, FAILED = "MOVING", "WAITING", "CONFIRMED", "REVERTED", "FAILED"
"""Of a move: under way; to be confirmed or reverted; how it ended."""
IN_PROGRESS, COMPLETE = "IN_PROGRESS", "COMPLETE"
"""Of an operation, beside FAILED."""
RESIZE, MIGRATE = "resize", "migrate"
"""Of a move: what it is."""
_MOVE, _VERDICT, _OPERATION = "trove_move", "trove_verdict", "trove_operation_"
_SERVER = "server_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A server's way to another flavor or host."""

    id: str
    operation: str
    """RESIZE or MIGRATE."""
    goal: str
    """The flavor or the host; empty for any host."""
    status: str = MOVING
    deadline: str | None = None
    """When it is reverted unless it is confirmed; ISO 8601, UTC. From WAITING on."""
    reason: str | None = None
    """Why it was reverted, or failed."""

    @property
    def ended(self) -> bool:
        """Say whether nothing is to be decided any more."""
        return self.status not in (MOVING, WAITING)


def now() -> datetime:
    """Return the time: deadlines are read by other processes."""
    moment: datetime = timeutils.utcnow(with_timezone=True)
    return moment


def as_text(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Record:
    """What one resource keeps."""

    def __init__(self, resource: Any) -> None:
        self._resource = resource

    def move(self) -> Move | None:
        """Return the latest move, as it stands in the database now."""
        row = self._read(_MOVE)
        return None if row is None else Move(**row)

    def known_move(self) -> Move | None:
        """Return the move that was the latest when the resource was loaded."""
        row = self._row(self._resource.data().get(_MOVE))
        return None if row is None else Move(**row)

    def begin(self, operation: str, goal: str) -> Move:
        """Write down a move that is about to begin, and return it."""
        move = Move(id=uuid4().hex, operation=operation, goal=goal)
        self.withdraw()
        self._write(_MOVE, asdict(move))
        return move

    def wait(self, move: Move, seconds: int) -> datetime:
        """Write down that a move is to be decided within some seconds, and return until when."""
        deadline = now() + timedelta(seconds=seconds)
        self._change(move.id, status=WAITING, deadline=as_text(deadline))
        return deadline

    def end(self, move_id: str, status: str, reason: str | None = None) -> None:
        """Write down how a move ended, unless that is written, or a later one has begun."""
        self._change(move_id, status=status, reason=reason)

    def is_latest(self, move: Move) -> bool:
        """Say whether no later move has begun."""
        latest = self.move()
        return latest is not None and latest.id == move.id

    def give_back(self, reason: str) -> None:
        """Have the move that is under way reverted, by whoever watches it."""
        move = self.move()
        if move is not None and not move.ended:
            self._write(_VERDICT, {"id": move.id, "reason": reason})

    def withdraw(self) -> None:
        """Take back that a move is to be reverted."""
        self._resource.data_delete(_VERDICT)

    def verdict(self, move: Move) -> str | None:
        """Return why a move is to be reverted, if it is."""
        row = self._read(_VERDICT)
        return str(row["reason"]) if row and row["id"] == move.id else None

    def note(self, action: str, operation_id: str, status: str, reason: str | None = None) -> None:
        """Write down how the latest operation of its kind is getting on."""
        row = {"id": operation_id, "status": status, "reason": reason, "at": as_text(now())}
        self._write(_OPERATION + action, row)

    def operations(self) -> dict[str, Any]:
        """Return the latest operation of each kind."""
        rows = {key: self._row(text) for key, text in self._texts().items() if key.startswith(_OPERATION)}
        return {key.removeprefix(_OPERATION): row for key, row in rows.items() if row is not None}

    def _change(self, move_id: str, **changes: Any) -> None:
        move = self.move()
        if move is not None and move.id == move_id and not move.ended:
            self._write(_MOVE, asdict(replace(move, **changes)))

    def _read(self, key: str) -> dict[str, Any] | None:
        return self._row(self._texts().get(key))

    def _row(self, text: str | None) -> dict[str, Any] | None:
        """Return what a text says, if it is about this server: SQLite gives the ids of rows a second time."""
        row: dict[str, Any] = json.loads(text) if text else {}
        return row if row.pop(_SERVER, None) == self._resource.resource_id else None

    def _texts(self) -> dict[str, str]:
        # Others write it too: what this resource has read before is not what is there now.
        self._resource._data = None  # noqa: SLF001 - there is no other way to have it read again
        return dict(self._resource.data())

    def _write(self, key: str, row: dict[str, Any]) -> None:
        self._resource.data_set(key, json.dumps({**row, _SERVER: self._resource.resource_id}))
