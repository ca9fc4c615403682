"""The task log: what operators want to know of tasks, kept on the task manager's host, also when that has died.

An event changes values in memory and wakes a thread; the thread writes the tasks that changed, whole, in one
transaction. So a task never waits for the disk, many events become one write, and what could not be written once is
written with the task's next event.
"""

import logging
import os
import socket
import sqlite3
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import tenacity
from oslo_config import cfg

from trove_resources.flows import events
from trove_resources.flows.clock import Clock
from trove_resources.flows.events import Event, Listener
from trove_resources.markers import Owner
from trove_resources.plugin import task_log_process as process
from trove_resources.plugin import task_log_schema as schema
from trove_resources.plugin.task import NoTaskLog, TaskLog
from trove_resources.plugin.task_log_schema import ProcessRecord, StepRecord, TaskRecord, WaitRecord

LOG = logging.getLogger(__name__)

LONGEST_TEXT: Final = 4000
"""Characters that are kept of an error, or of what a step says."""
LOCK_SECONDS, PAUSE = 10.0, 0.05
"""How long somebody else may hold the file, and the pause between two attempts."""
GATHER: Final = 0.1
"""Seconds between two writes, in which events gather. A process that is killed takes so much with it."""

Now = Callable[[], datetime]


def task_log(conf: cfg.ConfigOpts, clock: Clock, now: Now) -> TaskLog:
    """Return the task log of the options."""
    ours = conf.trove_resources
    if not ours.task_log:
        return NoTaskLog()
    return SqliteTaskLog(Path(ours.task_log), size=ours.task_log_size, clock=clock, now=now)


class SqliteTaskLog:
    """Keeps the latest ``size`` tasks in a file. What cannot be written is said once, and kept from nobody's task.

    ``now`` is the wall clock, for what people read; durations are measured by ``clock``.
    """

    def __init__(self, path: Path, *, size: int, clock: Clock, now: Now) -> None:
        self._file = _File(path, size, clock)
        self._clock, self._now = clock, now
        self._changed = threading.Condition()
        self._tasks: dict[str, _Task] = {}
        self._unwritten: dict[str, _Task] = {}
        self._process: ProcessRecord | None = None
        self._writer: threading.Thread | None = None
        self._closing = threading.Event()
        self._file.check()

    def began(self, operation: str, owner: Owner, request_id: str) -> Listener:
        """Keep a task; what is returned writes its events to the service's log, too."""
        with self._changed:
            record = TaskRecord(
                id=owner.task_id,
                process=self._start(),
                operation=operation,
                instance_id=owner.instance_id,
                request_id=request_id,
                began=self._now(),
            )
            task = self._tasks[owner.task_id] = _Task(record, self._clock.now())
            self._tell(task)

        def listen(event: Event) -> None:
            events.log(event)
            with self._changed:
                task.take(event, self._now(), self._clock.now())
                self._tell(task)

        return listen

    def ended(self, owner: Owner, error: str | None) -> None:
        """Keep how a task ended."""
        with self._changed:
            task = self._tasks.pop(owner.task_id)
            task.end(error, self._now(), self._clock.now())
            self._tell(task)

    def close(self) -> None:
        """Write what is left, and end."""
        with self._changed:
            self._closing.set()
            self._changed.notify_all()
        if self._writer:
            self._writer.join()

    def _start(self) -> ProcessRecord:
        """Return who writes. Not before the first task: a service may fork until then."""
        if self._process is None:
            self._process = ProcessRecord(
                id=str(uuid.uuid4()), host=socket.gethostname(), pid=os.getpid(), began=self._now()
            )
            self._writer = threading.Thread(target=self._write, name="task-log", daemon=True)
            self._writer.start()
        return self._process

    def _tell(self, task: "_Task") -> None:
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


@dataclass(slots=True)
class _Task:
    """A task that runs."""

    record: TaskRecord
    began: float
    steps: dict[str, StepRecord] = field(default_factory=dict)
    waits: list[WaitRecord] = field(default_factory=list)
    moments: dict[str, float] = field(default_factory=dict)
    """When each step began, or its undo."""

    def take(self, event: Event, now: datetime, moment: float) -> None:
        """Take notice of an event."""
        if event.kind == "waiting":
            self.waits.append(WaitRecord(what=event.title, since=now))
        elif event.kind == "waited":
            # The same may be waited for twice at a time: which of the two is over makes no difference.
            over = [wait for wait in self.waits if wait.what == event.title][:1]
            self.waits = [wait for wait in self.waits if wait not in over]
        else:
            known = self.steps.get(event.step)
            began = moment if known is None or event.kind in ("began", "undoing") else self.moments[event.step]
            self.moments[event.step] = began
            step = known or StepRecord(name=event.step, title=event.title, state="running", began=now)
            self.steps[event.step] = _after(step, event, now, moment - began)

    def end(self, error: str | None, now: datetime, moment: float) -> None:
        """Take notice of the end."""
        said = None if error is None else _kept(error)
        self.record = replace(self.record, ended=now, seconds=round(moment - self.began, 3), error=said)
        self.waits.clear()

    def snapshot(self) -> TaskRecord:
        """Return it as it is now."""
        return replace(self.record, steps=tuple(self.steps.values()), waits=tuple(self.waits))


def _after(step: StepRecord, event: Event, now: datetime, seconds: float) -> StepRecord:
    """Return a step after an event of it."""
    detail, seconds = _kept(event.detail) or step.detail, round(seconds, 3)
    failed = step.state == "failed"
    match event.kind:
        case "succeeded":
            return replace(step, state="done", seconds=seconds, detail=detail)
        case "failed":
            return replace(step, state="failed", seconds=seconds, detail=detail)
        case "undoing":
            return replace(step, state="failed" if failed else "undoing", detail=detail)
        case "undone":
            return replace(step, state="failed" if failed else "undone", undo_seconds=seconds, detail=detail)
    return replace(step, state="running", began=now, seconds=None, undo_seconds=None)


def _kept(said: str) -> str:
    """Return what is kept of a text; SQLite takes no half characters."""
    return said[:LONGEST_TEXT].encode(errors="replace").decode()


class _File:
    """The file, as the one thread uses it that writes."""

    def __init__(self, path: Path, size: int, clock: Clock) -> None:
        self._path, self._size, self._clock = path, size, clock
        self._connection: sqlite3.Connection | None = None
        self._alive: IO[bytes] | None = None
        self._living: list[str] = []
        """The processes that lived when this one began to write, itself among them."""
        self._works = True

    def check(self) -> None:
        """Say in the service's log if the file cannot be used."""
        self._try(lambda: schema.connect(self._path).close())

    def write(self, tasks: Sequence[TaskRecord]) -> None:
        """Write tasks, or say once why that cannot be done."""
        self._try(lambda: self._put(tasks))

    def close(self) -> None:
        """Let go of the file, and of the claim to live."""
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
        except Exception as error:  # noqa: BLE001 - whatever it is, tasks go on without their log
            self._disconnect()
            if self._works:
                LOG.error("the task log %s cannot be written, tasks are not kept: %s", self._path, error)  # noqa: TRY400
            self._works = False
            return
        if not self._works:
            LOG.warning("the task log %s is written again", self._path)
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
