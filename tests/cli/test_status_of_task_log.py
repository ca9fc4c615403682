"""``trove-resources-status upgrade check``: the task log."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from status_kit import SUCCESS, WARNING, Status, status  # noqa: F401 - a fixture

from cli.conftest import unprivileged
from trove_resources.flows.clock import SystemClock
from trove_resources.task_log.file import TaskLogFile

CHECK = "Task log"
Check = Callable[[str], tuple[int, str]]


@pytest.fixture
def check(odd: Path, status: Status) -> Check:  # noqa: F811
    """Return a function that checks a path below ``odd`` as a user who is subject to file permissions."""

    def run(task_log: str) -> tuple[int, str]:
        file = odd / "trove.conf"
        file.write_text(f"[trove_resources]\ntask_log = {odd}/{task_log}\n")
        # Whatever is imported on demand is imported now: another user may not see root's Python.
        status(f"--config-file={file}")
        with unprivileged():
            checked = status(f"--config-file={file}")
        return checked.codes[CHECK], checked.said(CHECK)

    return run


@pytest.fixture
def writable(odd: Path) -> Path:
    """Return a directory that every user can write."""
    made = odd / "writable"
    made.mkdir()
    made.chmod(0o777)
    return made


def test_a_file_that_can_be_created_succeeds_and_is_not_created(check: Check, writable: Path) -> None:
    for path in ("tasks.sqlite", "new/folder/tasks.sqlite"):
        code, said = check(f"{writable.name}/{path}")
        assert (code, f"can write the task log {writable}/{path}." in said) == (SUCCESS, True), said
    assert list(writable.iterdir()) == []


def test_a_log_that_can_be_written_succeeds(check: Check, writable: Path) -> None:
    path = writable / "tasks.sqlite"
    TaskLogFile(path, 10, SystemClock()).check()
    path.chmod(0o666)
    assert check(f"{writable.name}/tasks.sqlite")[0] == SUCCESS


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("closed/tasks.sqlite", "no permission to create files in {here}/closed"),
        ("closed/new/tasks.sqlite", "no permission to create files in {here}/closed"),
        ("closed/existing", "no permission to write {here}/closed"),
        ("locked/tasks.sqlite", "{here}/locked/tasks.sqlite: Permission denied"),
        ("writable/readable", "no permission to write {here}/writable/readable"),
        ("writable/text", "cannot be read: file is not a database"),
        ("directory", "it is a directory"),
        ("binary/tasks.sqlite", "{here}/binary is not a directory"),
    ],
)
def test_a_log_that_cannot_be_written_is_a_warning_that_says_whose_user_matters(
    path: str, message: str, check: Check, odd: Path, writable: Path
) -> None:
    (odd / "closed").mkdir(mode=0o755)
    (odd / "closed" / "existing").touch()
    (odd / "closed" / "existing").chmod(0o666)
    (odd / "locked").mkdir(mode=0o000)
    (writable / "readable").touch()
    (writable / "readable").chmod(0o444)
    (writable / "text").write_text("no database")
    (writable / "text").chmod(0o666)
    if os.geteuid():
        (odd / "closed").chmod(0o555)
    code, said = check(path)
    assert code == WARNING
    assert f"cannot write the task log {odd}/{path}: {message.format(here=odd)}. " in said
    assert "run this check as the user that trove-taskmanager runs as" in said


def test_no_task_log_is_skipped(odd: Path, status: Status) -> None:  # noqa: F811
    file = odd / "trove.conf"
    file.write_text("[trove_resources]\ntask_log =\n")
    checked = status(f"--config-file={file}")
    assert checked.said(CHECK) == "Skipped: [trove_resources] task_log is empty: no task log is kept."
    assert CHECK in checked.skipped
