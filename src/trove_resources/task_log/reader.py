"""Reads the task log, while the task manager writes it, and after it has died."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from trove_resources.errors import TaskLogError, UnknownTaskError
from trove_resources.task_log import process, schema
from trove_resources.task_log.schema import ProcessRecord, StepRecord, TaskRecord, WaitRecord

PATIENCE: Final = 5.0
"""Seconds to wait for a lock of the file, which a reader rarely meets."""

_TASKS: Final = """
SELECT t.id, t.operation, t.instance_id, t.request_id, t.began, t.ended, t.seconds, t.error,
    p.id AS process_id, p.host, p.pid, p.began AS process_began
FROM tasks t JOIN processes p ON p.id = t.process_id
"""
_LATEST: Final = " ORDER BY t.began DESC, t.rowid DESC LIMIT ?"
_BY_INSTANCE: Final = " AND substr(t.instance_id, 1, length(?1)) = ?1"


@dataclass(frozen=True, slots=True)
class TaskLogReader:
    """The log at a path. Every method raises TaskLogError when the log is missing or unreadable."""

    path: Path

    def running(self, instance_id: str = "") -> list[TaskRecord]:
        """Return the running tasks, the latest first; with a text, of instances whose id begins with it."""
        return [task for task in self._open_ended(instance_id) if not task.interrupted]

    def ended(self, limit: int, instance_id: str = "") -> list[TaskRecord]:
        """Return the ``limit`` latest tasks that have ended, the latest first."""
        ended = self._tasks(f"WHERE t.ended IS NOT NULL{_BY_INSTANCE}{_LATEST}", instance_id, limit)
        interrupted = [task for task in self._open_ended(instance_id) if task.interrupted]
        return sorted([*ended, *interrupted], key=lambda task: task.began, reverse=True)[:limit]

    def last_failure(self, instance_id: str) -> TaskRecord | None:
        """Return the latest task of an instance that failed, or was interrupted."""
        failed = self._tasks(f"WHERE t.error IS NOT NULL{_BY_INSTANCE}{_LATEST}", instance_id, 1)
        interrupted = [task for task in self._open_ended(instance_id) if task.interrupted]
        return max([*failed, *interrupted], key=lambda task: task.began, default=None)

    def task(self, beginning: str) -> TaskRecord:
        """Return the task whose id begins with a text. Raises UnknownTaskError for none or several."""
        found = self._tasks(f"WHERE substr(t.id, 1, length(?1)) = ?1{_LATEST}", beginning, 2)
        if len(found) != 1 or not beginning:
            raise UnknownTaskError(
                beginning, "begins the ids of several tasks" if found else "is not a task in the log"
            )
        return found[0]

    def interrupted(self) -> list[TaskRecord]:
        """Return the tasks whose task manager ended before them, the latest first."""
        return [task for task in self._open_ended("") if task.interrupted]

    def _open_ended(self, instance_id: str) -> list[TaskRecord]:
        return self._tasks(f"WHERE t.ended IS NULL{_BY_INSTANCE}{_LATEST}", instance_id, -1)

    def _tasks(self, which: str, text: str, limit: int) -> list[TaskRecord]:
        with self._connection() as connection:
            if schema.version(connection) == 0:
                # It is being created.
                return []
            schema.require_version(connection)
            rows = connection.execute(_TASKS + which, (text, limit)).fetchall()
            alive = {each: process.is_alive(self.path, each) for each in {row["process_id"] for row in rows}}
            return [_task(connection, row, alive) for row in rows]

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            if not self.path.exists():
                raise TaskLogError(str(self.path), "does not exist: a task manager creates it when it starts")
            with closing(sqlite3.connect(self._uri(), uri=True, timeout=PATIENCE)) as connection:
                connection.row_factory = sqlite3.Row
                # All queries see the same state.
                connection.execute("BEGIN")
                yield connection
        except (OSError, sqlite3.Error, schema.OtherVersionError) as error:
            raise TaskLogError(str(self.path), f"cannot be read: {error}") from error

    def _uri(self) -> str:
        # Without permission to write next to it, a file in write-ahead mode is readable only while nobody writes it.
        nobody_writes = not self.path.with_name(f"{self.path.name}-wal").exists()
        return f"file:{quote(str(self.path.absolute()))}?mode=ro{'&immutable=1' if nobody_writes else ''}"


def _task(connection: sqlite3.Connection, row: sqlite3.Row, alive: Mapping[str, bool]) -> TaskRecord:
    def of_task(table: str) -> Sequence[Any]:
        query = f"SELECT * FROM {table} WHERE task_id = ? ORDER BY rowid"  # noqa: S608 - two names of ours
        return connection.execute(query, (row["id"],)).fetchall()

    steps = (
        StepRecord(**{**_without_task(each), "began": datetime.fromisoformat(each["began"])})
        for each in of_task("steps")
    )
    waits = (WaitRecord(what=each["what"], since=datetime.fromisoformat(each["since"])) for each in of_task("waits"))
    return TaskRecord(
        id=row["id"],
        process=ProcessRecord(
            id=row["process_id"],
            host=row["host"],
            pid=row["pid"],
            began=datetime.fromisoformat(row["process_began"]),
        ),
        operation=row["operation"],
        instance_id=row["instance_id"],
        request_id=row["request_id"],
        began=datetime.fromisoformat(row["began"]),
        ended=row["ended"] and datetime.fromisoformat(row["ended"]),
        seconds=row["seconds"],
        error=row["error"],
        steps=tuple(steps),
        waits=tuple(waits),
        interrupted=row["ended"] is None and not alive[row["process_id"]],
    )


def _without_task(row: sqlite3.Row) -> dict[str, Any]:
    return {key: row[key] for key in row.keys() if key != "task_id"}  # noqa: SIM118 - a Row iterates over its values
