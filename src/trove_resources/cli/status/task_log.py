"""The check of the task log."""

import os
import pwd
from pathlib import Path
from typing import Final

from oslo_upgradecheck.upgradecheck import Result

from trove_resources.cli import configuration
from trove_resources.cli.status import results
from trove_resources.cli.status.site import Site
from trove_resources.errors import TaskLogError
from trove_resources.task_log.reader import TaskLogReader

AS_WHOM: Final = "trove-taskmanager writes the log: run this check as the user that trove-taskmanager runs as."


def writable(site: Site) -> Result:
    """Check whether the user who runs the check can write the file of the task log. Create nothing."""
    configured = configuration.task_log(site.conf)
    if not configured:
        return results.Skipped("[trove_resources] task_log is empty: no task log is kept.")
    path, user = Path(configured), _user()
    problem = _problem(path)
    if problem:
        return results.warning(
            f"The user {user} cannot write the task log {path}: {problem}. {AS_WHOM} If it runs as {user}, it keeps no"
            " task log, and `trove-resources task list` fails: give the user write permission for the directory, or set"
            " [trove_resources] task_log to another file."
        )
    if os.geteuid() == 0:
        return results.success(f"The user root can write the task log {path}, but root can write any file. {AS_WHOM}")
    return results.success(f"The user {user} can write the task log {path}.")


def _problem(path: Path) -> str:
    """Return why a file of the task log cannot be written, or created; an empty text if it can."""
    try:
        if path.exists():
            return _problem_of_existing(path)
        nearest = next(each for each in path.absolute().parents if each.exists())
        if not nearest.is_dir():
            return f"{nearest} is not a directory"
    except OSError as error:
        return f"{error.filename}: {error.strerror}"
    return "" if _may_write(nearest) else f"no permission to create files in {nearest}"


def _problem_of_existing(path: Path) -> str:
    if path.is_dir():
        return "it is a directory"
    # SQLite creates files beside it.
    for each in (path, path.parent):
        if not _may_write(each):
            return f"no permission to write {each}"
    try:
        TaskLogReader(path).ended(0)
    except TaskLogError as error:
        return error.reason
    return ""


def _may_write(path: Path) -> bool:
    mode = os.W_OK | os.X_OK if path.is_dir() else os.W_OK
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())
