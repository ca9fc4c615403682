"""The task log: what it stores, for which tasks, and that its failures do not affect tasks."""

import logging
import re
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from oslo_config import cfg
from taskflow.patterns.linear_flow import Flow

from flows.kit import Do, Lamps, Make, Together, context, until_on
from trove_lab.conformance.clock import LeapClock
from trove_resources import conf as options
from trove_resources.errors import TaskLogError, UnknownTaskError
from trove_resources.flows.clock import Clock, SystemClock
from trove_resources.flows.context import FlowContext
from trove_resources.flows.events import Event, Kind, Listener
from trove_resources.flows.runner import Runner
from trove_resources.markers import Owner
from trove_resources.task_log.log import NoTaskLog, SqliteTaskLog, task_log
from trove_resources.task_log.reader import TaskLogReader

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
TESTS = Path(__file__).parent.parent


@dataclass
class Logs:
    """A log with its clock, and a reader."""

    path: Path
    clock: LeapClock
    size: int = 1000
    log: SqliteTaskLog | None = None

    def open(self, clock: Clock | None = None) -> SqliteTaskLog:
        """Start a writer, as a task manager does when it starts."""
        self.close()
        self.log = SqliteTaskLog(self.path, size=self.size, clock=clock or self.clock, now=self.now)
        return self.log

    def now(self) -> datetime:
        """Return noon plus the time of the clock."""
        return NOON + timedelta(seconds=self.clock.now())

    def close(self) -> None:
        """Close the log after everything is written."""
        if self.log:
            self.log.close()
        self.log = None

    @property
    def reader(self) -> TaskLogReader:
        """The reader that the command uses."""
        return TaskLogReader(self.path)


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    made = Logs(tmp_path / "made" / "by us" / "tasks.sqlite", LeapClock())
    yield made
    made.close()


def owner(task: str, instance: str = "instance-1") -> Owner:
    return Owner(instance_id=instance, task_id=task)


def event(kind: Kind, step: str, title: str = "", detail: str = "") -> Event:
    return Event(kind=kind, step=step, title=title or step, instance_id="i", request_id="r", detail=detail)


def flow_context(log: SqliteTaskLog, clock: Clock, task: str = "task-1") -> FlowContext:
    return context(clock, listener=log.began("create", owner(task), "req-1"))


def passing(clock: LeapClock, seconds: float) -> Callable[[], None]:
    return lambda: clock.sleep(seconds)


def refuse() -> None:
    raise OSError("no space in the cloud")


def until(wanted: Callable[[], bool]) -> None:
    """Return once the writer has caught up."""
    clock = SystemClock()
    deadline = clock.now() + 20
    while not wanted():
        assert clock.now() < deadline
        clock.sleep(0.01)


def test_a_task_is_stored_with_the_seconds_of_its_steps(logs: Logs) -> None:
    log = logs.open()
    flow = Flow("f").add(Do("first", passing(logs.clock, 2.5)), Do("second", passing(logs.clock, 0.25)))
    Runner().run(flow, flow_context(log, logs.clock))
    log.ended(owner("task-1"), None)
    logs.close()
    (task,) = logs.reader.ended(10)
    assert (task.id, task.operation, task.instance_id, task.request_id) == ("task-1", "create", "instance-1", "req-1")
    assert (task.state, task.error, task.seconds, task.waits) == ("done", None, 2.75, ())
    assert (task.began, task.ended) == (NOON, NOON + timedelta(seconds=2.75))
    assert [(step.name, step.title, step.state, step.began, step.seconds) for step in task.steps] == [
        ("do/first/do", "do first", "done", NOON, 2.5),
        ("do/second/do", "do second", "done", NOON + timedelta(seconds=2.5), 0.25),
    ]


def test_a_failure_is_stored_with_the_undone_steps(logs: Logs) -> None:
    log = logs.open()
    flow = Flow("f").add(Make([], "volume"), Do("server", refuse))
    with pytest.raises(OSError, match="no space"):
        Runner().run(flow, flow_context(log, logs.clock))
    log.ended(owner("task-1"), "the instance was not created")
    logs.close()
    task = logs.reader.task("task")
    assert (task.state, task.error) == ("failed", "the instance was not created")
    assert [(step.state, step.detail) for step in task.steps] == [("undone", ""), ("failed", "no space in the cloud")]
    assert logs.reader.last_failure("instance-1") == task
    assert logs.reader.last_failure("instance-2") is None


def test_what_a_running_task_waits_for_can_be_read(logs: Logs) -> None:
    log, seen = logs.open(), []
    lamps = Lamps(logs.clock, on_at=30)

    def look() -> None:
        if not seen and logs.clock.now() > 20:
            until(lambda: any(task.waits for task in logs.reader.running()))
            seen.extend(logs.reader.running("inst"))

    running = flow_context(log, logs.clock)
    logs.clock.sleep(5)
    running.wait(lamps, "lamp", until_on(check=look))
    (task,) = seen
    assert [(wait.what, wait.since) for wait in task.waits] == [("the lamp to be on", NOON + timedelta(seconds=5))]
    assert (task.state, task.ended, task.seconds) == ("running", None, None)
    until(lambda: not logs.reader.running()[0].waits)
    assert logs.reader.running("other") == []


def test_an_undone_step_has_the_seconds_of_its_run_and_its_undo(logs: Logs) -> None:
    log = logs.open()
    listen = log.began("create", owner("task-1"), "")
    for kind, seconds in (("began", 3), ("succeeded", 10), ("undoing", 7), ("undone", 1)):
        listen(event(kind, "provision/volume/create"))
        logs.clock.sleep(seconds)
    logs.close()
    (step,) = logs.reader.task("task-1").steps
    assert (step.state, step.seconds, step.undo_seconds) == ("undone", 3, 7)


def test_nothing_is_lost_when_many_threads_write(logs: Logs) -> None:
    log = logs.open(SystemClock())

    def run(number: int) -> Callable[[], None]:
        def task() -> None:
            for turn in range(10):
                mine = owner(f"{number}-{turn}", f"instance-{number}")
                listen = log.began("create", mine, "")
                for step in range(10):
                    listen(event("began", f"create/{step}/do"))
                    listen(event("waiting", "", f"for {step}"))
                    listen(event("waited", "", f"for {step}"))
                    listen(event("succeeded", f"create/{step}/do"))
                log.ended(mine, None)
                logs.reader.running()

        return task

    threads = Together([run(number) for number in range(8)])
    threads.run()
    assert threads.errors == []
    logs.close()
    tasks = logs.reader.ended(1000)
    assert {task.id for task in tasks} == {f"{number}-{turn}" for number in range(8) for turn in range(10)}
    assert all([step.name for step in task.steps] == [f"create/{step}/do" for step in range(10)] for task in tasks)
    assert all((task.state, task.waits) == ("done", ()) for task in tasks)


ANOTHER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from trove_resources.flows.clock import SystemClock
from trove_resources.flows.events import Event
from trove_resources.markers import Owner
from trove_resources.task_log.log import SqliteTaskLog
log = SqliteTaskLog(Path(sys.argv[1]), size=1000, clock=SystemClock(), now=lambda: datetime.now(UTC))
log.began("resize_flavor", Owner(instance_id="i", task_id="of-another"), "")(
    Event(kind="waiting", step="", title="the server", instance_id="i", request_id="")
)
sys.stdin.read()
"""


def test_the_tasks_of_a_killed_process_are_interrupted(logs: Logs) -> None:
    logs.open().began("create", owner("of-this"), "")
    until(logs.path.exists)
    command = [sys.executable, "-c", ANOTHER, str(logs.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as another:  # noqa: S603 - our own interpreter
        until(lambda: len(logs.reader.running()) == 2 and any(task.waits for task in logs.reader.running()))
        assert logs.reader.task("of-another").process.pid == another.pid
        another.kill()
    assert [task.id for task in logs.reader.running()] == ["of-this"]
    (task,) = logs.reader.ended(10)
    assert (task.id, task.state, task.ended) == ("of-another", "interrupted", None)
    assert [wait.what for wait in task.waits] == ["the server"]
    assert logs.reader.last_failure("i") == task


def test_the_files_of_dead_processes_are_deleted_when_another_starts(logs: Logs) -> None:
    for number in range(3):
        log = logs.open()
        log.began("create", owner(f"task-{number}"), "")
        logs.close()
    log = logs.open()
    log.began("create", owner("task-3"), "")
    until(lambda: len(logs.reader.running()) == 1)
    assert len(list(logs.path.parent.glob("*-process-*"))) == 1


def test_the_oldest_finished_tasks_are_deleted_but_no_running_ones(logs: Logs) -> None:
    logs.size = 3
    log = logs.open()
    log.began("create", owner("long"), "")
    for number in range(10):
        logs.clock.sleep(1)
        log.began("reboot", owner(str(number)), "")(event("began", "reboot/server/reboot"))
        log.ended(owner(str(number)), None)
        until(lambda number=number: any(task.id == str(number) for task in logs.reader.ended(1)))
    assert [task.id for task in logs.reader.ended(10)] == ["9", "8", "7"]
    assert [task.id for task in logs.reader.running()] == ["long"]
    logs.close()
    with closing(sqlite3.connect(logs.path)) as connection:
        assert connection.execute("SELECT count(*) FROM steps").fetchone() == (3,)


def test_tasks_of_dead_processes_are_deleted_too(logs: Logs) -> None:
    logs.size = 2
    for number in range(5):
        logs.clock.sleep(1)
        logs.open().began("create", owner(str(number)), "")
    log = logs.open()
    log.began("create", owner("last"), "")
    log.ended(owner("last"), None)
    logs.close()
    assert [(task.id, task.state) for task in logs.reader.ended(10)] == [("last", "done"), ("4", "interrupted")]


def test_a_log_that_cannot_be_written_is_reported_once_until_it_can(
    logs: Logs, caplog: pytest.LogCaptureFixture
) -> None:
    logs.path.parent.parent.mkdir()
    logs.path.parent.write_text("in the way")
    caplog.set_level(logging.INFO)

    def count_of(words: str) -> int:
        return sum(words in record.message for record in caplog.records)

    log = logs.open()
    assert count_of("cannot write the task log") == 1
    listen = log.began("create", owner("task-1"), "")
    for number in range(5):
        listen(event("began", f"create/{number}/do"))
    until(lambda: count_of("create/4/do began") == 1)
    logs.path.parent.unlink()
    listen(event("began", "create/5/do"))
    steps = [f"create/{number}/do" for number in range(6)]
    until(logs.path.exists)
    until(lambda: [step.name for task in logs.reader.running() for step in task.steps] == steps)
    assert count_of("writing the task log") == 1
    assert count_of("cannot write the task log") == 1


class Stuck(SystemClock):
    """A clock whose sleepers wake up on request."""

    def __init__(self) -> None:
        self.sleeps, self.wake = threading.Event(), threading.Event()

    def sleep(self, seconds: float) -> None:
        """Sleep until woken up."""
        del seconds
        self.sleeps.set()
        self.wake.wait()


def test_a_locked_file_blocks_no_task_and_is_written_when_it_is_unlocked(logs: Logs) -> None:
    clock = Stuck()
    log = logs.open(clock)
    with closing(sqlite3.connect(logs.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        listen = log.began("create", owner("task-1"), "")
        clock.sleeps.wait()
        for number in range(100):
            listen(event("began", f"create/{number}/do"))
        log.ended(owner("task-1"), None)
        other.execute("COMMIT")
    clock.wake.set()
    logs.close()
    assert len(logs.reader.task("task-1").steps) == 100


def test_a_file_of_another_release_is_not_changed(logs: Logs, caplog: pytest.LogCaptureFixture) -> None:
    logs.open()
    logs.close()
    with closing(sqlite3.connect(logs.path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    log = logs.open()
    log.began("create", owner("task-1"), "")
    log.ended(owner("task-1"), None)
    logs.close()
    assert "has version 99" in caplog.text
    with pytest.raises(TaskLogError, match="has version 99"):
        logs.reader.running()
    with closing(sqlite3.connect(logs.path)) as connection:
        assert connection.execute("SELECT count(*) FROM tasks").fetchone() == (0,)


def test_long_texts_are_cut_and_invalid_characters_replaced(logs: Logs) -> None:
    log = logs.open()
    log.began("create", owner("task-1"), "")(event("failed", "create/a/do", detail="x" * 100_000))
    log.ended(owner("task-1"), "half \udc80 a character")
    logs.close()
    task = logs.reader.task("task-1")
    assert (len(task.steps[0].detail), task.error) == (4000, "half ? a character")


def test_a_task_is_found_by_a_unique_prefix_of_its_id(logs: Logs) -> None:
    log = logs.open()
    for task in ("abc1", "abc2", "x_z"):
        log.began("create", owner(task), "")
    until(lambda: len(logs.reader.running()) == 3)
    assert logs.reader.task("abc1").id == "abc1"
    assert logs.reader.task("x").id == "x_z"
    for beginning, reason in (("abc", "several"), ("%", "not a task"), ("", "several"), ("x%", "not a task")):
        with pytest.raises(UnknownTaskError, match=reason):
            logs.reader.task(beginning)


@pytest.mark.parametrize(("content", "reason"), [(None, "does not exist"), ("no database", "file is not a database")])
def test_a_missing_or_invalid_log_is_reported(content: str | None, reason: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "log").write_text(content)
    with pytest.raises(TaskLogError, match=re.escape(reason)):
        TaskLogReader(tmp_path / "log").running()


def test_the_option_selects_the_file_or_disables_the_log(tmp_path: Path) -> None:
    conf = cfg.ConfigOpts()
    options.register(conf)
    conf([], default_config_files=[], default_config_dirs=[])
    assert conf.trove_resources.task_log == "/var/lib/trove/trove-resources/tasks.sqlite"
    none = task_log("", 1000, SystemClock(), lambda: NOON)
    assert isinstance(none, NoTaskLog)
    listen: Listener = none.began("create", owner("task-1"), "")
    listen(event("began", "create/a/do"))
    none.ended(owner("task-1"), None)
    kept = task_log(str(tmp_path / "tasks.sqlite"), 1, SystemClock(), lambda: NOON)
    assert isinstance(kept, SqliteTaskLog)
    for task in ("task-1", "task-2"):
        kept.began("create", owner(task), "")
        kept.ended(owner(task), None)
    kept.close()
    assert [task.id for task in TaskLogReader(tmp_path / "tasks.sqlite").ended(10)] == ["task-2"]


def test_the_task_log_works_under_eventlets_monkey_patching() -> None:
    command = [sys.executable, TESTS / "under_eventlet.py", __file__, "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(  # noqa: S603 - our own tests
        [*command, "-k", "not eventlet"], cwd=TESTS.parent, capture_output=True, text=True, timeout=100, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
