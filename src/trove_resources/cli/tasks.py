"""``trove-resources task``: what the task manager of this host does, and did."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cliff.command import Command
from cliff.lister import Lister
from cliff.show import ShowOne

from trove_resources.cli import configuration
from trove_resources.cli.columns import SHORT, Items, Json, Text, brief, moment, wrapped
from trove_resources.errors import TaskLogError
from trove_resources.task_log.reader import TaskLogReader
from trove_resources.task_log.schema import StepRecord, TaskRecord

LIMIT: Final = 20
_NOTE: Final = 31
"""Characters of the last column for people: with the others, a line has 120."""
_LINES: Final = 4

_FOR_PEOPLE = ("task", "operation", "instance", "state", "began", "seconds")
_FOR_PROGRAMS = (*_FOR_PEOPLE, "waiting_for", "error", "request", "steps")


class List(Lister):
    """List the tasks of this host's task manager: those that run, then the last ones.

    A task is one request of Trove to the task manager, such as create or resize_flavor, while it holds an instance. It
    is running, done, failed, or interrupted: then the process that ran it is dead. Other formats than the table have
    ids and texts whole, and the steps in any case.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare which tasks."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--limit",
            type=_number,
            default=LIMIT,
            metavar="N",
            help=f"how many of those that run no more ({LIMIT})",
        )
        parser.add_argument(
            "--instance", default="", metavar="ID", help="only those of an instance, by id or its beginning"
        )
        parser.add_argument("--running", action="store_true", help="only those that run")
        parser.add_argument("--long", action="store_true", help="in the table, too: the steps with their seconds")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
        """Read the log."""
        log = reader(self)
        tasks = log.running(parsed_args.instance)
        if not parsed_args.running:
            tasks += log.ended(parsed_args.limit, parsed_args.instance)
        now = datetime.now(UTC)
        if parsed_args.formatter == "table" and not parsed_args.columns:
            last = "steps" if parsed_args.long else "waiting for, or error"
            return (*_FOR_PEOPLE, last), (_brief(task, now, long=parsed_args.long) for task in tasks)
        return _FOR_PROGRAMS, (_whole(task, now) for task in tasks)


class Show(ShowOne):
    """Show a task of this host's task manager: its steps with their seconds, what it waits for, why it failed."""

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare which task."""
        parser = super().get_parser(prog_name)
        parser.add_argument("task", metavar="TASK", help="its id, or the beginning of it")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Sequence[object]]:
        """Read the log."""
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
    """Return what reads the task log of the configuration. Raises ConfigurationError, TaskLogError."""
    given = command.app_args or argparse.Namespace(config_file=[], config_dir=[])
    path = configuration.read(given.config_file, given.config_dir).trove_resources.task_log
    if not path:
        raise TaskLogError("", "is not kept: [trove_resources] task_log is empty")
    return TaskLogReader(Path(path))


def seconds(task: TaskRecord, now: datetime) -> float | None:
    """Return how long a task took, or takes already; of one that was interrupted nobody knows."""
    return _elapsed(task.began, now) if task.state == "running" else task.seconds


def waits(task: TaskRecord, now: datetime) -> list[Json]:
    """Return what a task waits for, or waited for when it was interrupted."""
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
    """Return one of what :func:`waits` returns in words."""
    so_far = "" if wait["seconds"] is None else f" ({wait['seconds']:.1f} s)"
    return f"{wait['what']} since {wait['since']}{so_far}"


def _elapsed(since: datetime, now: datetime) -> float:
    return round(max(0.0, (now - since).total_seconds()), 1)


def _brief(task: TaskRecord, now: datetime, *, long: bool) -> Sequence[object]:
    took = seconds(task, now)
    note = "; ".join(each.what for each in task.waits) or task.error or ""
    lines = wrapped(brief(note), _NOTE).splitlines()
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], f"{lines[_LINES - 1][: _NOTE - 2]} …"]
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


def _whole(task: TaskRecord, now: datetime) -> Sequence[object]:
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


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return int(text)
