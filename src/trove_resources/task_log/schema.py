"""The schema of the task log: the records, and their tables in SQLite.

The file belongs to one host, so the standard library's driver is enough: no pool, no dialects, and a write costs a
tenth of what it costs with SQLAlchemy.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

VERSION: Final = 1
"""The version of the tables, stored as ``user_version``."""

StepState = Literal["running", "done", "failed", "undoing", "undone"]
"""A failed step stays failed while it is undone."""
TaskState = Literal["running", "done", "failed", "interrupted"]
"""Interrupted: the process that ran the task is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRecord:
    """A task manager's process."""

    id: str
    host: str
    pid: int
    began: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """A step of a task. ``seconds`` and ``undo_seconds`` are None while it runs and while it is undone."""

    name: str
    """``<operation>/<role>/<step>``."""
    title: str
    state: StepState
    began: datetime
    seconds: float | None = None
    undo_seconds: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitRecord:
    """Something a task waits for."""

    what: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """A task, with its steps in the order in which they began, and its current waits."""

    id: str
    process: ProcessRecord
    operation: str
    instance_id: str
    request_id: str
    began: datetime
    ended: datetime | None = None
    seconds: float | None = None
    error: str | None = None
    steps: tuple[StepRecord, ...] = ()
    waits: tuple[WaitRecord, ...] = ()
    interrupted: bool = False

    @property
    def state(self) -> TaskState:
        """The state of the task."""
        if self.ended is None:
            return "interrupted" if self.interrupted else "running"
        return "done" if self.error is None else "failed"


_TABLES: Final = f"""
CREATE TABLE IF NOT EXISTS processes (
    id TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, began TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, process_id TEXT NOT NULL REFERENCES processes (id), operation TEXT NOT NULL,
    instance_id TEXT NOT NULL, request_id TEXT NOT NULL, began TEXT NOT NULL, ended TEXT, seconds REAL, error TEXT);
CREATE INDEX IF NOT EXISTS tasks_began ON tasks (began);
CREATE INDEX IF NOT EXISTS tasks_instance ON tasks (instance_id, began);
CREATE INDEX IF NOT EXISTS tasks_process ON tasks (process_id);
CREATE TABLE IF NOT EXISTS steps (
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE, name TEXT NOT NULL, title TEXT NOT NULL,
    state TEXT NOT NULL, began TEXT NOT NULL, seconds REAL, undo_seconds REAL, detail TEXT NOT NULL,
    PRIMARY KEY (task_id, name));
CREATE TABLE IF NOT EXISTS waits (
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE, what TEXT NOT NULL, since TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS waits_task ON waits (task_id);
PRAGMA user_version = {VERSION};
"""

_PUT_TASK: Final = """
INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, seconds = excluded.seconds, error = excluded.error
"""
_PUT_STEP: Final = """
INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (task_id, name) DO UPDATE SET state = excluded.state, began = excluded.began, seconds = excluded.seconds,
    undo_seconds = excluded.undo_seconds, detail = excluded.detail
"""
_TOO_OLD: Final = "SELECT id FROM tasks ORDER BY began DESC, rowid DESC LIMIT -1 OFFSET ?"


class OtherVersionError(Exception):
    """Another release wrote the file."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for writing, and create missing tables. Raises OSError, sqlite3.Error, OtherVersionError.

    Nothing waits for a lock: SQLite would sleep in C, and block the whole task manager under eventlet.
    """
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    # The operator chooses the group that may read it; SQLite gives its other files the same permissions.
    path.touch(mode=0o640)
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        # What a process wrote survives its death in any case; a flush at each write would only survive a power failure.
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        if version(connection) == 0:
            connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} COMMIT;")
        require_version(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def version(connection: sqlite3.Connection) -> int:
    """Return the version of the tables; 0 without tables."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def require_version(connection: sqlite3.Connection) -> None:
    """Raise OtherVersionError unless the tables have this release's version."""
    found = version(connection)
    if found != VERSION:
        raise OtherVersionError(f"has version {found}, this release needs {VERSION}: move it away")


def put(connection: sqlite3.Connection, tasks: Iterable[TaskRecord]) -> None:
    """Write tasks as they are now."""
    for task in tasks:
        at = task.process
        connection.execute(
            "INSERT OR IGNORE INTO processes VALUES (?, ?, ?, ?)", (at.id, at.host, at.pid, text(at.began))
        )
        ended = task.ended and text(task.ended)
        row = (task.operation, task.instance_id, task.request_id, text(task.began), ended, task.seconds, task.error)
        connection.execute(_PUT_TASK, (task.id, at.id, *row))
        connection.executemany(_PUT_STEP, ((task.id, *_step(each)) for each in task.steps))
        connection.execute("DELETE FROM waits WHERE task_id = ?", (task.id,))
        connection.executemany(
            "INSERT INTO waits VALUES (?, ?, ?)", ((task.id, each.what, text(each.since)) for each in task.waits)
        )


def prune(connection: sqlite3.Connection, size: int, living: Sequence[str]) -> None:
    """Delete all but the ``size`` latest tasks; running tasks of ``living`` processes stay."""
    marks = ", ".join("?" * len(living))
    connection.execute(
        f"DELETE FROM tasks WHERE id IN ({_TOO_OLD}) AND NOT (ended IS NULL AND process_id IN ({marks}))",  # noqa: S608
        (size, *living),
    )
    connection.execute(
        "DELETE FROM processes WHERE id NOT IN (SELECT process_id FROM tasks) "  # noqa: S608 - question marks only
        f"AND id NOT IN ({marks})",
        tuple(living),
    )


def text(moment: datetime) -> str:
    """Return a time as it is stored: ISO 8601 in UTC with a fixed length, so that texts sort by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _step(step: StepRecord) -> tuple[object, ...]:
    return step.name, step.title, step.state, text(step.began), step.seconds, step.undo_seconds, step.detail
