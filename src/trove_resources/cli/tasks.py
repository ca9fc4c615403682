"""``trove-resources task``: the tasks of this host's task manager."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cliff.command import Command
from cliff.lister import Lister
from cliff.show import ShowOne

from trove_resources.cli import arguments
from trove_resources.cli.columns import SHORT, Items, Json, Text, brief, moment, shortened, wrapped
from trove_resources.cli.configuration import ConfigFiles, task_log
from trove_resources.errors import TaskLogError, UnknownTaskError
from trove_resources.task_log.reader import TaskLogReader
from trove_resources.task_log.schema import StepRecord, TaskRecord

LIMIT: Final = 20
_NOTE: Final = 31
"""Width of the table's last column: with the other columns, a line has 120 characters."""
_BEGINNING, _END = 2, 4
"""Lines of a long text in that column. An error ends with the answer of the service, which is its cause."""

_TABLE_COLUMNS = ("task", "operation", "instance", "state", "began", "seconds")
_COLUMNS = (*_TABLE_COLUMNS, "waiting_for", "error", "request", "steps")


class List(Lister):
    """List the tasks of this host's task manager: the running ones, then the latest finished ones.

    A task is one request that Trove sent to the task manager, such as create or resize_flavor. Its state is running,
    done, failed, or interrupted: the process that ran it has died. The table shortens ids and errors; other formats,
    such as -f json, contain them in full, with the steps of each task.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare the filters."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--limit",
            type=arguments.count,
            default=LIMIT,
            metavar="N",
            help=f"show at most N finished tasks (default: {LIMIT})",
        )
        parser.add_argument(
            "--instance",
            type=arguments.text,
            metavar="ID",
            help="show only the tasks of one instance: its id, or the beginning of its id",
        )
        parser.add_argument("--running", action="store_true", help="show only running tasks")
        parser.add_argument("--long", action="store_true", help="show the steps and their seconds in the table")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
        """Read the task log."""
        log, instance_id = reader(self), parsed_args.instance or ""
        tasks = log.running(instance_id)
        if not parsed_args.running:
            tasks += log.ended(parsed_args.limit, instance_id)
        now = datetime.now(UTC)
        if parsed_args.formatter == "table" and not parsed_args.columns:
            last = "steps" if parsed_args.long else "waiting for, or error"
            return (*_TABLE_COLUMNS, last), (_table_row(task, now, long=parsed_args.long) for task in tasks)
        return _COLUMNS, (_full_row(task, now) for task in tasks)


class Show(ShowOne):
    """Show one task of this host's task manager: its steps with their seconds, its waits, its error."""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare the task."""
        parser = super().get_parser(prog_name)
        parser.add_argument("task", metavar="TASK", help="the id of a task, or the beginning of its id")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Sequence[object]]:
        """Read the task log."""
        if not parsed_args.task:
            raise UnknownTaskError("", "is not a task; give an id from `trove-resources task list`, or its beginning")
        task = reader(self).task(parsed_args.task)
        now = datetime.now(UTC)
        shown = {
            "task": task.id,
            "operation": task.operation,
            "instance": task.instance_id,
            "request": task.request_id,
            "state": task.state,
            "began": moment(task.began),
            "ended": moment(task.ended),
            "seconds": seconds(task, now),
            "waiting_for": Items(waits(task, now), wait_line),
            "error": Text(task.error),
            "steps": Items([_step(each, task, now) for each in task.steps], _step_line),
            "host": task.process.host,
            "pid": task.process.pid,
        }
        return tuple(shown), tuple(shown.values())


def reader(command: Command) -> TaskLogReader:
    """Return a reader of the configured task log. Raise ConfigurationError, TaskLogError."""
    path = task_log(ConfigFiles.of(command).read())
    if not path:
        raise TaskLogError("", "is not kept: [trove_resources] task_log is empty")
    return TaskLogReader(Path(path))


def seconds(task: TaskRecord, now: datetime) -> float | None:
    """Return how long a task took, or has been running; None for an interrupted task."""
    return _elapsed(task.began, now) if task.state == "running" else task.seconds


def waits(task: TaskRecord, now: datetime) -> list[Json]:
    """Return what a task is waiting for, or was waiting for when it was interrupted."""
    running = task.state == "running"
    return [
        {
            "what": each.what,
            "since": moment(each.since),
            "seconds": _elapsed(each.since, now) if running else None,
        }
        for each in task.waits
    ]


def wait_line(wait: Json) -> str:
    """Return one item of :func:`waits` as text."""
    so_far = "" if wait["seconds"] is None else f" ({wait['seconds']:.1f} s)"
    return f"{wait['what']} since {wait['since']}{so_far}"


def _elapsed(since: datetime, now: datetime) -> float:
    return round(max(0.0, (now - since).total_seconds()), 1)


def _table_row(task: TaskRecord, now: datetime, *, long: bool) -> Sequence[object]:
    took = seconds(task, now)
    note = "; ".join(each.what for each in task.waits) or task.error or ""
    lines = shortened(brief(note), _NOTE, beginning=_BEGINNING, end=_END)
    if long:
        steps = ({**_step(each, task, now), "detail": ""} for each in task.steps)
        lines = [*(line for step in steps for line in wrapped(_step_line(step), _NOTE).splitlines()), *lines]
    return (
        task.id[:SHORT],
        task.operation,
        task.instance_id[:SHORT],
        task.state,
        moment(task.began),
        "" if took is None else f"{took:.1f}",
        "\n".join(lines),
    )


def _full_row(task: TaskRecord, now: datetime) -> Sequence[object]:
    return (
        task.id,
        task.operation,
        task.instance_id,
        task.state,
        moment(task.began),
        seconds(task, now),
        Items(waits(task, now), wait_line),
        task.error,
        task.request_id,
        Items([_step(each, task, now) for each in task.steps], _step_line),
    )


def _step(step: StepRecord, task: TaskRecord, now: datetime) -> Json:
    runs = task.state == "running" and step.state == "running"
    return {
        "name": step.name,
        "title": step.title,
        "state": "interrupted" if task.interrupted and step.state in ("running", "undoing") else step.state,
        "began": moment(step.began),
        "seconds": _elapsed(step.began, now) if runs else step.seconds,
        "undo_seconds": step.undo_seconds,
        "detail": step.detail,
    }


def _step_line(step: Json) -> str:
    took = "" if step["seconds"] is None else f"{step['seconds']:.1f}"
    undone = "" if step["undo_seconds"] is None else f", undone in {step['undo_seconds']:.1f}"
    state = "" if step["state"] in ("done", "undone") else f" {step['state']}"
    detail = f": {step['detail']}" if step["detail"] else ""
    return f"{took:>5} {step['title']}{state}{undone}{detail}"
