"""The file of the task log, for the thread that writes it."""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import tenacity

from trove_resources.flows.clock import Clock
from trove_resources.task_log import process, schema
from trove_resources.task_log.schema import TaskRecord

LOG = logging.getLogger(__name__)

LOCK_SECONDS, PAUSE = 10.0, 0.05
"""Seconds to wait while another process holds the lock, and the pause between two attempts."""


class TaskLogFile:
    """The latest ``size`` tasks in a file. A failure is logged once in the service's log, and not raised."""

    def __init__(self, path: Path, size: int, clock: Clock) -> None:
        self._path, self._size, self._clock = path, size, clock
        self._connection: sqlite3.Connection | None = None
        self._alive: IO[bytes] | None = None
        self._living: list[str] = []
        """The processes that were alive when this one began to write, itself included."""
        self._works = True

    def check(self) -> None:
        """Log an error if the file cannot be used."""
        self._try(lambda: schema.connect(self._path).close())

    def write(self, tasks: Sequence[TaskRecord]) -> None:
        """Write tasks, or log once why that fails."""
        self._try(lambda: self._put(tasks))

    def close(self) -> None:
        """Close the file, and release the lock that says that this process is alive."""
        self._disconnect()
        if self._alive:
            self._alive.close()
            self._alive = None

    def _try(self, act: Callable[[], None]) -> None:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_locked),
            stop=tenacity.stop_after_attempt(int(LOCK_SECONDS / PAUSE)),
            wait=tenacity.wait_fixed(PAUSE),
            sleep=self._clock.sleep,
            reraise=True,
        )
        try:
            retrying(act)
        except Exception as error:  # noqa: BLE001 - whatever failed, tasks go on without their log
            self._disconnect()
            if self._works:
                LOG.error("cannot write the task log %s, tasks are not logged: %s", self._path, error)  # noqa: TRY400
            self._works = False
            return
        if not self._works:
            LOG.warning("writing the task log %s again", self._path)
        self._works = True

    def _disconnect(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _put(self, tasks: Sequence[TaskRecord]) -> None:
        connection = self._connection or self._open(tasks[0].process.id)
        connection.execute("BEGIN IMMEDIATE")
        try:
            schema.put(connection, tasks)
            if any(task.ended for task in tasks):
                schema.prune(connection, self._size, self._living)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _open(self, process_id: str) -> sqlite3.Connection:
        connection = schema.connect(self._path)
        try:
            self._alive = self._alive or process.hold(self._path, process_id)
            self._living = process.living(self._path)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection


def _is_locked(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
