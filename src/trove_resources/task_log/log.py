"""The task log: what operators want to know about tasks, kept on the task manager's host, even after it has died.

An event changes values in memory and wakes a thread. The thread writes the changed tasks, whole, in one transaction.
So a task never waits for the disk, several events become one write, and a failed write is made up for with the task's
next event.
"""

import os
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from trove_resources.flows import events
from trove_resources.flows.clock import Clock
from trove_resources.flows.events import Event, Listener
from trove_resources.markers import Owner
from trove_resources.task_log.file import TaskLogFile
from trove_resources.task_log.running import RunningTask
from trove_resources.task_log.schema import ProcessRecord, TaskRecord

GATHER: Final = 0.1
"""Seconds between two writes, in which events gather. A killed process loses as much."""

Now = Callable[[], datetime]


class TaskLog(Protocol):
    """Keeps what operators want to know about tasks. Must not raise."""

    def began(self, operation: str, owner: Owner, request_id: str) -> Listener:
        """Record the beginning of a task, and return the listener for its events."""

    def ended(self, owner: Owner, error: str | None) -> None:
        """Record the end of a task, and why it failed."""


class NoTaskLog:
    """Keeps nothing."""

    def began(self, operation: str, owner: Owner, request_id: str) -> Listener:  # noqa: ARG002 - the protocol's
        """Return the listener that writes events to the service's log."""
        return events.log

    def ended(self, owner: Owner, error: str | None) -> None:
        """Do nothing."""


def task_log(path: str, size: int, clock: Clock, now: Now) -> TaskLog:
    """Return the task log in a file, which keeps ``size`` tasks; one that keeps nothing without a path."""
    return SqliteTaskLog(Path(path), size=size, clock=clock, now=now) if path else NoTaskLog()


class SqliteTaskLog:
    """Keeps the latest ``size`` tasks in a file. A failure to write is logged once, and fails no task.

    ``now`` is the wall clock, for people to read; durations are measured with ``clock``.
    """

    def __init__(self, path: Path, *, size: int, clock: Clock, now: Now) -> None:
        self._file = TaskLogFile(path, size, clock)
        self._clock, self._now = clock, now
        self._changed = threading.Condition()
        self._tasks: dict[str, RunningTask] = {}
        self._unwritten: dict[str, RunningTask] = {}
        self._process: ProcessRecord | None = None
        self._writer: threading.Thread | None = None
        self._closing = threading.Event()
        self._file.check()

    def began(self, operation: str, owner: Owner, request_id: str) -> Listener:
        """Keep a task. The returned listener also writes its events to the service's log."""
        with self._changed:
            record = TaskRecord(
                id=owner.task_id,
                process=self._start(),
                operation=operation,
                instance_id=owner.instance_id,
                request_id=request_id,
                began=self._now(),
            )
            task = self._tasks[owner.task_id] = RunningTask(record, self._clock.now())
            self._tell(task)

        def listen(event: Event) -> None:
            events.log(event)
            with self._changed:
                task.take(event, self._now(), self._clock.now())
                self._tell(task)

        return listen

    def ended(self, owner: Owner, error: str | None) -> None:
        """Record how a task ended."""
        with self._changed:
            task = self._tasks.pop(owner.task_id)
            task.end(error, self._now(), self._clock.now())
            self._tell(task)

    def close(self) -> None:
        """Write what is pending, and stop."""
        with self._changed:
            self._closing.set()
            self._changed.notify_all()
        if self._writer:
            self._writer.join()

    def _start(self) -> ProcessRecord:
        """Return this process, at the first task: until then a service may fork."""
        if self._process is None:
            self._process = ProcessRecord(
                id=str(uuid.uuid4()), host=socket.gethostname(), pid=os.getpid(), began=self._now()
            )
            self._writer = threading.Thread(target=self._write, name="task-log", daemon=True)
            self._writer.start()
        return self._process

    def _tell(self, task: RunningTask) -> None:
        self._unwritten[task.record.id] = task
        self._changed.notify_all()

    def _write(self) -> None:
        while True:
            with self._changed:
                while not (self._unwritten or self._closing.is_set()):
                    self._changed.wait()
                if not self._unwritten:
                    break
                records = [task.snapshot() for task in self._unwritten.values()]
                self._unwritten.clear()
            self._file.write(records)
            self._closing.wait(GATHER)
        self._file.close()
