"""``trove-resources instance``: the instances of Trove's database, and what the cloud holds for one."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from cliff.command import Command
from cliff.lister import Lister
from cliff.show import ShowOne
from sqlalchemy.pool import NullPool

from trove_resources.cli import configuration
from trove_resources.cli.columns import SHORT, Facts, Items, Json, Text, brief, moment, wrapped
from trove_resources.cli.tasks import reader, wait_line, waits
from trove_resources.errors import ResourcesError, TaskLogError
from trove_resources.inventory import Inventory
from trove_resources.plugin.database import instance_rows
from trove_resources.plugin.database.instance_rows import InstanceRow
from trove_resources.task_log.schema import TaskRecord

UNSEEN: Final = 10
"""The exit code when the cloud's part is missing; see the application's EXIT_CODES for the others."""
_NAME, _STATUS, _NOTE = 16, 15, 31
"""Characters of columns for people: with the others, a line has 120."""

_FOR_PEOPLE = ("id", "name", "engine", "task status", "server", "volume", "running task")
_FOR_PROGRAMS = ("id", "name", "engine", "task_status", "server", "volume", "running_task", "waiting_for")
_KINDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "servers": lambda each: f"{each['id']} {each['status']} {each['flavor'] or ''} {' '.join(each['addresses'])}",
    "volumes": lambda each: f"{each['id']} {each['status']} {each['role']}, {each['size']} GiB",
    "ports": lambda each: f"{each['id']} {each['status']} {each['role']} {each['mac_address']}",
    "security_groups": lambda each: "\n".join((f"{each['id']} {each['name']}", *map(_rule_line, each["rules"]))),
    "floating_ips": lambda each: f"{each['id']} {each['status']} {each['address']} on {each['port_id'] or 'no port'}",
    "dns_names": str,
}
"""The kinds of resources, as the inventory names them, and a line for one."""
_TOLD_ELSEWHERE: Final = frozenset({"metadata", "tags"})
"""What stands on resources so that they are found."""


class List(Lister):
    """List the instances that are not deleted, also those in error, with what this host's task manager does with them.

    The engine says which resource manager owns an instance. Tasks of task managers on other hosts are not known here.
    Other formats than the table have ids and texts whole.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare which instances."""
        parser = super().get_parser(prog_name)
        parser.add_argument("--engine", metavar="NAME", help="only those of an engine: native, orchestrator …")
        parser.add_argument("--project", metavar="ID", help="only those of a project")
        parser.add_argument("--failed", action="store_true", help="only those whose task status says what went wrong")
        parser.add_argument("--running", action="store_true", help="only those a task runs for, on this host")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
        """Ask the database, and read the task log."""
        rows = instance_rows.find(
            database(self), engine=parsed_args.engine, project_id=parsed_args.project, failed=parsed_args.failed
        )
        running = {task.instance_id: task for task in _tasks(self)}
        if parsed_args.running:
            rows = [row for row in rows if row.id in running]
        now = datetime.now(UTC)
        if parsed_args.formatter == "table" and not parsed_args.columns:
            return _FOR_PEOPLE, (_brief(row, running.get(row.id)) for row in rows)
        return _FOR_PROGRAMS, (_whole(row, running.get(row.id), now) for row in rows)


class Show(ShowOne):
    """Show an instance: its row, what its resource manager sees of it in the cloud, its running task, its last failure.

    If the cloud cannot be asked the rest is shown, with the reason as cloud_error, and the exit code is 10.
    """

    _code = 0

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare which instance."""
        parser = super().get_parser(prog_name)
        parser.add_argument("instance", metavar="INSTANCE", help="its id, or the beginning of it")
        return parser

    def run(self, parsed_args: argparse.Namespace) -> int:
        """Show it, and tell by the exit code if the cloud's part is missing."""
        return super().run(parsed_args) or self._code

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Sequence[object]]:
        """Ask the database, the task log and the cloud."""
        engine = database(self)
        row = instance_rows.get(engine, parsed_args.instance)
        now = datetime.now(UTC)
        shown = {**_facts(engine, row), **self._of_tasks(row, now), **self._of_cloud(row)}
        return tuple(shown), tuple(shown.values())

    def _of_tasks(self, row: InstanceRow, now: datetime) -> dict[str, object]:
        task = next(iter(_tasks(self, row.id)), None)
        running = {"task": task.id, "operation": task.operation, "began": moment(task.began)} if task else None
        return {
            "running_task": Facts(running),
            "waiting_for": Items(waits(task, now) if task else [], wait_line),
            "last_failure": Facts(_last_failure(self, row.id)),
        }

    def _of_cloud(self, row: InstanceRow) -> dict[str, object]:
        try:
            inventory = _observe(self, row)
        except ResourcesError as error:
            self._code = UNSEEN
            return {**dict.fromkeys(_KINDS), "cloud_error": Text(str(error))}
        seen = {kind: Items(_resources(inventory, kind), line) for kind, line in _KINDS.items()}
        return {**seen, "cloud_error": None}


def database(command: Command) -> sa.Engine:
    """Return Trove's database. Raises ConfigurationError."""
    files, directories = _given(command)
    url = configuration.database_url(configuration.read(files, directories))
    return sa.create_engine(url, poolclass=NullPool)


def _given(command: Command) -> tuple[Sequence[str], Sequence[str]]:
    given = command.app_args or argparse.Namespace(config_file=[], config_dir=[])
    return given.config_file, given.config_dir


def _observe(command: Command, row: InstanceRow) -> Inventory:
    # Trove comes with it, which takes seconds to import.
    from trove_resources.plugin.observe import observe  # noqa: PLC0415

    files, directories = _given(command)
    return observe(lambda conf: configuration.read_into(conf, files, directories), row)


def _tasks(command: Command, instance_id: str = "") -> list[TaskRecord]:
    """Return the running tasks; none, with a warning, if the log cannot be read."""
    try:
        return reader(command).running(instance_id)
    except TaskLogError as error:
        command.app.LOG.warning("%s; running tasks are not known", error)
        return []


def _last_failure(command: Command, instance_id: str) -> Json | None:
    try:
        task = reader(command).last_failure(instance_id)
    except TaskLogError:
        return None
    if task is None:
        return None
    return {
        "task": task.id,
        "operation": task.operation,
        "state": task.state,
        "began": moment(task.began),
        "ended": moment(task.ended),
        "error": task.error,
    }


def _facts(engine: sa.Engine, row: InstanceRow) -> dict[str, object]:
    """Return what the database says of an instance."""
    fault, report = instance_rows.last_fault(engine, row.id), instance_rows.last_report(engine, row.id)
    facts = {name: value for name, value in asdict(row).items() if name not in ("failed", "created", "updated")}
    return {
        **facts,
        "created": moment(row.created),
        "updated": moment(row.updated),
        "guest": Facts({"status": report.status, "at": moment(report.at)} if report else None),
        "fault": Facts({"message": fault.message, "at": moment(fault.at)} if fault else None),
    }


def _resources(inventory: Inventory, kind: str) -> list[object]:
    """Return the resources of a kind, each as JSON."""
    return [each if isinstance(each, str) else _facts_of(asdict(each)) for each in getattr(inventory, kind)]


def _facts_of(resource: Json) -> Json:
    told = {name: value for name, value in resource.items() if name not in _TOLD_ELSEWHERE}
    return {name: moment(value) if isinstance(value, datetime) else value for name, value in told.items()}


def _rule_line(rule: Json) -> str:
    ports = "-".join(dict.fromkeys(str(rule[name]) for name in ("port_min", "port_max") if rule[name] is not None))
    return " ".join(filter(None, (" ", rule["protocol"] or "any", ports, f"from {rule['cidr'] or 'anywhere'}")))


def _brief(row: InstanceRow, task: TaskRecord | None) -> Sequence[object]:
    ids = ((each or "")[:SHORT] for each in (row.server_id, row.volume_id))
    note = ": ".join(filter(None, (task.operation, "; ".join(each.what for each in task.waits)))) if task else ""
    return (
        row.id[:SHORT],
        wrapped(row.name, _NAME),
        row.engine,
        wrapped(row.task_status, _STATUS),
        *ids,
        wrapped(brief(note), _NOTE),
    )


def _whole(row: InstanceRow, task: TaskRecord | None, now: datetime) -> Sequence[object]:
    waiting = Items(waits(task, now) if task else [], wait_line)
    operation = task.operation if task else None
    return row.id, row.name, row.engine, row.task_status, row.server_id, row.volume_id, operation, waiting
