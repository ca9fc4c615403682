"""``trove-resources task``: what it shows of a task log, also while that is being written."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Command, Ended
from trove_lab.conformance.clock import LeapClock
from trove_resources.flows.clock import SystemClock
from trove_resources.flows.events import Event, Kind, Listener
from trove_resources.markers import Owner
from trove_resources.task_log.log import SqliteTaskLog
from trove_resources.task_log.reader import TaskLogReader

A, B = "aaaaaaaa-1111-4111-8111-111111111111", "bbbbbbbb-2222-4222-8222-222222222222"
SERVER = "5e57e500-3333-4333-8333-333333333333"
ERROR = "The instance was not created. Failed to create the server: Nova: no valid host"


@dataclass
class Manager:
    """The log of a task manager, and a configuration file that names it."""

    config: Path
    path: Path
    began: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=1))
    clock: LeapClock = field(default_factory=LeapClock)

    def __post_init__(self) -> None:
        self.config.write_text(f"[trove_resources]\ntask_log = {self.path}\n")
        self.log = self._open()

    def _open(self) -> SqliteTaskLog:
        return SqliteTaskLog(self.path, size=1000, clock=self.clock, now=self._now)

    def _now(self) -> datetime:
        return self.began + timedelta(seconds=self.clock.now())

    def begin(self, task: str, operation: str = "create", instance: str = A) -> Listener:
        """Begin a task one second after the previous event."""
        self.clock.sleep(1)
        return self.log.began(operation, Owner(instance_id=instance, task_id=task), "req-1")

    def end(self, task: str, error: str | None = None) -> None:
        """End a task."""
        self.log.ended(Owner(instance_id=A, task_id=task), error)

    def die(self) -> None:
        """Interrupt the running tasks, as a process that dies, and open the log again."""
        self.log.close()
        self.log = self._open()

    def until_written(self, task: str, *, waits: int = 0) -> None:
        """Wait until a task is in the log with this number of waits."""
        clock, reader = SystemClock(), TaskLogReader(self.path)
        deadline = clock.now() + 20
        while not any(each.id == task and len(each.waits) == waits for each in reader.running()):
            assert clock.now() < deadline
            clock.sleep(0.01)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    made = Manager(tmp_path / "trove.conf", tmp_path / "tasks.sqlite")
    yield made
    made.log.close()


Run = Callable[..., Ended]


@pytest.fixture
def run(command: Command, manager: Manager) -> Run:
    """Return a function that runs ``trove-resources task``."""
    return lambda *arguments: command("task", *arguments, f"--config-file={manager.config}")


def listed(run: Run, *arguments: str) -> list[dict[str, Any]]:
    ended = run("list", "-f", "json", *arguments)
    assert (ended.code, ended.err) == (0, "")
    rows: list[dict[str, Any]] = json.loads(ended.out)
    return rows


def event(kind: Kind, step: str = "", title: str = "", detail: str = "") -> Event:
    return Event(kind=kind, step=step, title=title, instance_id=A, request_id="req-1", detail=detail)


@pytest.fixture
def told(manager: Manager) -> Manager:
    """Write one task in each state, the oldest first."""
    manager.begin("1-killed", "migrate")(event("waiting", title=f"server {SERVER} to be moved"))
    manager.die()
    listen = manager.begin("2-done", "reboot", B)
    listen(event("began", "reboot/server/reboot", "reboot the server"))
    manager.clock.sleep(2.5)
    listen(event("succeeded", "reboot/server/reboot", "reboot the server"))
    manager.end("2-done")
    listen = manager.begin("3-failed")
    listen(event("began", "provision/server/create", "create the server"))
    listen(event("failed", "provision/server/create", "create the server", "Nova: no valid host"))
    manager.end("3-failed", ERROR)
    listen = manager.begin("4-running", "resize_flavor", B)
    listen(event("began", "resize_flavor/server/move", "resize the server"))
    listen(event("waiting", title=f"server {SERVER} to be moved"))
    manager.until_written("4-running", waits=1)
    return manager


def test_running_tasks_come_first_then_the_last_ones(run: Run, manager: Manager) -> None:
    for number in range(3):
        manager.begin(f"{number}-ended")
        manager.end(f"{number}-ended")
        manager.begin(f"{number}-running", instance=B)
    manager.until_written("2-running")
    running, ended = [[f"{number}-{state}" for number in (2, 1, 0)] for state in ("running", "ended")]
    assert [row["task"] for row in listed(run)] == running + ended
    assert [row["task"] for row in listed(run, "--limit", "1")] == [*running, ended[0]]
    assert [row["task"] for row in listed(run, "--running")] == running
    for instance in (A, A[:8]):
        assert [row["task"] for row in listed(run, "--instance", instance)] == ended


def test_json_has_everything(run: Run, told: Manager) -> None:
    running, failed, done, killed = listed(run)
    assert [row["state"] for row in (running, failed, done, killed)] == ["running", "failed", "done", "interrupted"]
    assert (running["operation"], running["instance"], running["request"]) == ("resize_flavor", B, "req-1")
    (wait,) = running["waiting_for"]
    since = told.began + timedelta(seconds=told.clock.now())
    assert (wait["what"], wait["since"]) == (f"server {SERVER} to be moved", f"{since:%Y-%m-%dT%H:%M:%S}Z")
    assert wait["seconds"] >= 3590
    assert running["steps"][0]["seconds"] >= 3590
    assert (failed["error"], failed["waiting_for"]) == (ERROR, [])
    assert [(step["state"], step["detail"]) for step in failed["steps"]] == [("failed", "Nova: no valid host")]
    assert (done["seconds"], done["error"], done["began"]) == (
        2.5,
        None,
        f"{told.began + timedelta(seconds=2):%Y-%m-%dT%H:%M:%S}Z",
    )
    assert [(step["title"], step["seconds"]) for step in done["steps"]] == [("reboot the server", 2.5)]
    assert (killed["seconds"], killed["waiting_for"][0]["seconds"]) == (None, None)


@pytest.mark.parametrize("long", [(), ("--long",)])
def test_a_table_has_at_most_120_columns(run: Run, told: Manager, long: tuple[str, ...]) -> None:
    del told
    lines = run("list", *long).out.splitlines()
    assert max(map(len, lines)) <= 120
    said = "\n".join(lines)
    assert "| 4-runnin | resize_flavor | bbbbbbbb | running     | " in said
    assert "| server 5e57e500 to be moved" in said
    assert (" 2.5 reboot the server" in said) == bool(long)


def cells(run: Run, task: str) -> list[str]:
    """Return the lines of the table's last column for a task."""
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in run("list").out.splitlines() if "|" in line]
    begins = next(number for number, cell in enumerate(lines) if cell[0] == task)
    ends = next((number for number, cell in enumerate(lines) if number > begins and cell[0]), len(lines))
    return [cell[-1] for cell in lines[begins:ends]]


def test_a_table_keeps_the_beginning_and_the_end_of_a_long_error_and_show_has_all_of_it(
    run: Run, manager: Manager
) -> None:
    manager.begin("1-long")
    error = f"The instance was not created. {' '.join(['word'] * 100)} Quota exceeded for cores: 20 of 20 used"
    manager.end("1-long", error)
    manager.begin("2-other")
    manager.until_written("2-other")
    shown = cells(run, "1-long")
    assert len(shown) == 6
    assert shown[0] == "The instance was not created."
    assert [line.startswith("…") for line in shown] == [False, False, True, False, False, False]
    assert " ".join(shown).endswith("word word Quota exceeded for cores: 20 of 20 used")
    alone = run("show", "1-long").out
    assert alone.count("word") == 100
    assert max(map(len, alone.splitlines())) <= 120


def test_a_usual_error_fits_into_a_table_without_its_request_id(run: Run, manager: Manager) -> None:
    said = "Nova: POST /servers answered 403{}: Quota exceeded for cores: Requested 2, but already used 20 of 20 cores"
    manager.begin("1-quota")
    manager.end("1-quota", f"The instance was not created. Failed to create the server: {said.format(f' (req-{A})')}")
    manager.begin("2-other")
    manager.until_written("2-other")
    assert " ".join(cells(run, "1-quota")) == (
        f"The instance was not created. Failed to create the server: {said.format('')}"
    )


def test_a_task_is_shown_in_full(run: Run, told: Manager) -> None:
    del told
    shown = json.loads(run("show", "4-", "-f", "json").out)
    assert (shown["task"], shown["state"], shown["pid"], shown["ended"]) == ("4-running", "running", os.getpid(), None)
    assert shown["waiting_for"][0]["what"] == f"server {SERVER} to be moved"
    assert [step["name"] for step in shown["steps"]] == ["resize_flavor/server/move"]
    assert "Nova: no valid host" in run("show", "3-failed").out


def test_an_unknown_task_is_exit_code_9(run: Run, told: Manager) -> None:
    del told
    ended = run("show", "5")
    assert (ended.code, ended.err) == (9, "trove-resources: '5' is not a task in the log\n")
    ended = run("show", "")
    assert (ended.code, ended.out, ended.err) == (
        *(9, ""),
        "trove-resources: '' is not a task; give an id from `trove-resources task list`, or its beginning\n",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("task_log =\n", "is not kept: [trove_resources] task_log is empty"),
        ("task_log = /nowhere/tasks.sqlite\n", "the task log /nowhere/tasks.sqlite does not exist"),
        ("task_log = {here}\n", "trove.conf cannot be read: file is not a database"),
    ],
)
def test_an_unusable_log_is_exit_code_8(content: str, message: str, command: Command, tmp_path: Path) -> None:
    config = tmp_path / "trove.conf"
    config.write_text(f"[trove_resources]\n{content.format(here=config)}")
    for arguments in (("list",), ("show", "1")):
        ended = command("task", *arguments, f"--config-file={config}")
        assert (ended.code, ended.out, ended.err.count("\n")) == (8, "", 1)
        assert message in ended.err


def test_a_task_log_that_refers_to_an_unknown_option_is_exit_code_3(command: Command, tmp_path: Path) -> None:
    config = tmp_path / "trove.conf"
    config.write_text("[trove_resources]\ntask_log = $nothing/tasks.sqlite\n")
    ended = command("task", "list", f"--config-file={config}")
    assert (ended.code, ended.out, ended.err.count("\n")) == (3, "", 1)
    assert ended.err == (
        "trove-resources: [trove_resources] task_log cannot be read: no such option nothing in group [DEFAULT]\n"
    )


@pytest.mark.parametrize("limit", ["many", "-1", "1.5", "", "²"])
def test_a_limit_is_a_number(limit: str, run: Run) -> None:
    ended = run("list", "--limit", limit)
    assert ended.code == 2
    assert ended.err.endswith(f"argument --limit: {limit!r} is not a whole number of 0 or more\n")
