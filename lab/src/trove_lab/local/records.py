"""Instances as Trove's database has them. Trove's API would send requests to the cloud instead."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from trove.instance.tasks import InstanceTask

_QUERY = """
    select i.*, s.status_description
    from instances i left join service_statuses s on s.instance_id = i.id where i.id = ?
"""
_FAULT = "select message from instance_faults where instance_id = ? and deleted = 0 order by created desc"


class Database(Protocol):
    """Trove's database."""

    def query(self, statement: str, *values: str) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a SELECT with a ``?`` for each value."""


class SqliteDatabase:
    """Trove's database in a SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def query(self, statement: str, *values: str) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a SELECT with a ``?`` for each value."""
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement, values)]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceRecord:
    """A row of Trove's ``instances``, with the latest report of its guest."""

    task: str
    """``NONE``, ``BUILDING``, ``RESIZING`` …"""
    task_text: str
    """Trove's text for the task, such as ``Build error: Volume.``"""
    task_failed: bool
    guest: str
    """``healthy``, ``building``, ``shutdown`` …; empty before the first report."""
    deleted: bool
    server_id: str | None
    volume_id: str | None
    hostname: str | None
    engine: str | None
    """The engine that owns it; None when the row names none."""
    stack_id: str | None
    flavor_id: str
    volume_size: int | None
    """GiB."""
    access: Mapping[str, Any]
    """``is_public`` and ``allowed_cidrs``, if they were ever set."""
    fault: str | None
    """The latest fault."""

    @property
    def is_settled(self) -> bool:
        """Whether the instance is idle and its database healthy."""
        return self.task == "NONE" and self.guest == "healthy"


def read(database: Database, instance_id: str) -> InstanceRecord | None:
    """Return the record of an instance, or None when the database has no row."""
    rows = database.query(_QUERY, instance_id)
    faults = database.query(_FAULT, instance_id)
    if not rows:
        return None
    # The columns of the plug-in may be missing.
    columns = {"provisioning_engine": None, "stack_id": None, **rows[0]}
    task = InstanceTask.from_code(columns["task_id"])
    return InstanceRecord(
        task=task.action,
        task_text=task.db_text,
        task_failed=task.is_error,
        guest=columns["status_description"] or "",
        deleted=bool(columns["deleted"]),
        server_id=columns["compute_instance_id"],
        volume_id=columns["volume_id"],
        hostname=columns["hostname"],
        engine=columns["provisioning_engine"],
        stack_id=columns["stack_id"],
        flavor_id=str(columns["flavor_id"]),
        volume_size=columns["volume_size"],
        access=json.loads(columns["access"] or "null") or {},
        fault=faults[0]["message"] if faults else None,
    )
