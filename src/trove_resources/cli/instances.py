"""``trove-resources instance``: the instances in Trove's database, and the cloud resources of one."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from cliff.command import Command
from cliff.lister import Lister
from cliff.show import ShowOne

from trove_resources.cli import arguments
from trove_resources.cli.columns import SHORT, Facts, Items, Json, Text, brief, moment, wrapped
from trove_resources.cli.configuration import ConfigFiles, database
from trove_resources.cli.managers import usable
from trove_resources.cli.tasks import reader, wait_line, waits
from trove_resources.errors import ResourcesError, TaskLogError, UnknownEngineError
from trove_resources.inventory import Inventory
from trove_resources.plugin.database import instance_rows
from trove_resources.plugin.database.instance_rows import InstanceRow
from trove_resources.task_log.schema import TaskRecord

NOT_OBSERVED: Final = 10
"""The exit code when the cloud could not be queried; the application's EXIT_CODES has the others."""
_NAME, _STATUS, _NOTE = 16, 15, 31
"""Widths of columns in the table: with the other columns, a line has 120 characters."""

_TABLE_COLUMNS = ("id", "name", "engine", "task status", "server", "volume", "running task")
_COLUMNS = ("id", "name", "engine", "task_status", "server", "volume", "running_task", "waiting_for")
_RESOURCES: Final[Mapping[str, Callable[[Any], str]]] = {
    "servers": lambda each: f"{each['id']} {each['status']} {each['flavor'] or ''} {' '.join(each['addresses'])}",
    "volumes": lambda each: f"{each['id']} {each['status']} {each['role']}, {each['size']} GiB",
    "ports": lambda each: f"{each['id']} {each['status']} {each['role']} {each['mac_address']}",
    "security_groups": lambda each: "\n".join((f"{each['id']} {each['name']}", *map(_rule_line, each["rules"]))),
    "floating_ips": lambda each: f"{each['id']} {each['status']} {each['address']} on {each['port_id'] or 'no port'}",
    "dns_names": str,
}
"""The fields of the inventory, and how one resource of each is shown in a line."""
_HIDDEN: Final = frozenset({"metadata", "tags"})
"""Fields of a resource that serve only to find it."""


class List(Lister):
    """List all instances that are not deleted, with the engine that owns each, and its running task.

    Only the running tasks of this host's task manager are shown. The table shortens ids; other formats, such as
    -f json, contain them in full.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare the filters."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--engine",
            type=arguments.text,
            metavar="NAME",
            help="show only the instances that this engine owns, such as native or orchestrator",
        )
        parser.add_argument(
            "--project", type=arguments.text, metavar="ID", help="show only the instances of this project"
        )
        parser.add_argument(
            "--failed", action="store_true", help="show only the instances whose task status is an error"
        )
        parser.add_argument(
            "--running", action="store_true", help="show only the instances for which a task is running on this host"
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Iterator[Sequence[object]]]:
        """Query the database, and read the task log."""
        trove = database(ConfigFiles.of(self).read())
        if parsed_args.engine:
            _require_known(trove, parsed_args.engine)
        rows = instance_rows.find(
            trove, engine=parsed_args.engine, project_id=parsed_args.project, failed=parsed_args.failed
        )
        running = {task.instance_id: task for task in _tasks(self)}
        if parsed_args.running:
            rows = [row for row in rows if row.id in running]
        now = datetime.now(UTC)
        if parsed_args.formatter == "table" and not parsed_args.columns:
            return _TABLE_COLUMNS, (_table_row(row, running.get(row.id)) for row in rows)
        return _COLUMNS, (_full_row(row, running.get(row.id), now) for row in rows)


class Show(ShowOne):
    """Show an instance: its row, its cloud resources, its running task and its last failure.

    If the cloud cannot be queried, cloud_error has the reason, everything else is shown, and the exit code is 10.
    """

    _code = 0

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Declare the instance."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "instance", metavar="INSTANCE", help="an instance: its id, the beginning of its id, or its name"
        )
        return parser

    def run(self, parsed_args: argparse.Namespace) -> int:
        """Show the instance; the exit code says whether the cloud was queried."""
        return super().run(parsed_args) or self._code

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[Sequence[str], Sequence[object]]:
        """Query the database, the task log and the cloud."""
        trove = database(ConfigFiles.of(self).read())
        row = instance_rows.get(trove, parsed_args.instance)
        now = datetime.now(UTC)
        shown = {**_row_fields(trove, row), **self._task_fields(row, now), **self._cloud_fields(row)}
        return tuple(shown), tuple(shown.values())

    def _task_fields(self, row: InstanceRow, now: datetime) -> dict[str, object]:
        task = next(iter(_tasks(self, row.id)), None)
        running = {"task": task.id, "operation": task.operation, "began": moment(task.began)} if task else None
        return {
            "running_task": Facts(running),
            "waiting_for": Items(waits(task, now) if task else [], wait_line),
            "last_failure": Facts(_last_failure(self, row.id)),
        }

    def _cloud_fields(self, row: InstanceRow) -> dict[str, object]:
        try:
            inventory = _observe(self, row)
        except ResourcesError as error:
            self._code = NOT_OBSERVED
            return {**dict.fromkeys(_RESOURCES), "cloud_error": Text(str(error))}
        seen = {kind: Items(_resources(inventory, kind), line) for kind, line in _RESOURCES.items()}
        return {**seen, "cloud_error": None}


def _require_known(trove: sa.Engine, engine: str) -> None:
    """Raise UnknownEngineError unless an installed manager manages the engine, or a row names it."""
    installed = frozenset[str]().union(*(manager.engines() for manager in usable().values()))
    if engine in installed:
        return
    in_rows = {owner for owner, _ in instance_rows.of_other_engines(trove, installed)}
    if engine not in in_rows:
        raise UnknownEngineError(engine, sorted(installed | in_rows))


def _observe(command: Command, row: InstanceRow) -> Inventory:
    # This imports Trove, which takes seconds.
    from trove_resources.plugin.observe import observe  # noqa: PLC0415

    return observe(ConfigFiles.of(command).read_into, row)


def _tasks(command: Command, instance_id: str = "") -> list[TaskRecord]:
    """Return the running tasks. Return none, and print a warning, if the task log cannot be read."""
    try:
        return reader(command).running(instance_id)
    except TaskLogError as error:
        command.app.LOG.warning("%s; running tasks are not shown", error)
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


def _row_fields(trove: sa.Engine, row: InstanceRow) -> dict[str, object]:
    """Return an instance as the database has it."""
    fault, report = instance_rows.last_fault(trove, row.id), instance_rows.last_report(trove, row.id)
    facts = {name: value for name, value in asdict(row).items() if name not in ("failed", "created", "updated")}
    return {
        **facts,
        "created": moment(row.created),
        "updated": moment(row.updated),
        "guest": Facts({"status": report.status, "at": moment(report.at)} if report else None),
        "fault": Facts({"message": fault.message, "at": moment(fault.at)} if fault else None),
    }


def _resources(inventory: Inventory, kind: str) -> list[object]:
    """Return the resources in a field of the inventory, each as JSON."""
    return [each if isinstance(each, str) else _as_json(asdict(each)) for each in getattr(inventory, kind)]


def _as_json(resource: Json) -> Json:
    shown = {name: value for name, value in resource.items() if name not in _HIDDEN}
    return {name: moment(value) if isinstance(value, datetime) else value for name, value in shown.items()}


def _rule_line(rule: Json) -> str:
    ports = "-".join(dict.fromkeys(str(rule[name]) for name in ("port_min", "port_max") if rule[name] is not None))
    return " ".join(filter(None, (" ", rule["protocol"] or "any", ports, f"from {rule['cidr'] or 'anywhere'}")))


def _table_row(row: InstanceRow, task: TaskRecord | None) -> Sequence[object]:
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


def _full_row(row: InstanceRow, task: TaskRecord | None, now: datetime) -> Sequence[object]:
    waiting = Items(waits(task, now) if task else [], wait_line)
    operation = task.operation if task else None
    return row.id, row.name, row.engine, row.task_status, row.server_id, row.volume_id, operation, waiting
