"""Rows of instances, read without Trove's models: a command need not import all of Trove."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from trove.instance.tasks import InstanceTask

from trove_resources.errors import UnknownInstanceError
from trove_resources.inventory import InstanceRef
from trove_resources.plugin.database import ownership

DEFAULT_ENGINE: Final = "native"
"""The engine of rows that name none: they are older than our columns."""
CANDIDATES: Final = 5
"""How many instances the error about an ambiguous name or id lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceRow:
    """A row of ``instances``. Times are in UTC without a time zone, as Trove writes them."""

    id: str
    name: str
    project_id: str
    engine: str
    task_status: str
    """Trove's name of the running task, such as ``NONE`` or ``RESIZING``, or of the failure: ``Build error: Port.``"""
    failed: bool
    """Whether the status is a failure."""
    flavor_id: str | None
    volume_size: int | None
    """GiB."""
    server_id: str | None
    volume_id: str | None
    stack_id: str | None
    hostname: str | None
    region: str | None
    replica_of: str | None
    created: datetime | None
    updated: datetime | None

    @property
    def ref(self) -> InstanceRef:
        """What the row says about the instance's resources."""
        return InstanceRef(
            instance_id=self.id,
            tenant_id=self.project_id,
            server_id=self.server_id,
            volume_id=self.volume_id,
            stack_id=self.stack_id,
            engine=self.engine,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What Trove tells users about a failure."""

    message: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestReport:
    """The latest report of a guest."""

    status: str
    at: datetime | None


_ROWS: Final = sa.table(
    "instances",
    *map(sa.column, ("id", "name", "tenant_id", "provisioning_engine", "flavor_id", "volume_size", "stack_id")),
    *map(sa.column, ("compute_instance_id", "volume_id", "hostname", "region_id", "slave_of_id")),
    *(sa.column(name, sa.Integer) for name in ("task_id", "deleted")),
    *(sa.column(name, sa.DateTime) for name in ("created", "updated")),
)
_FAULTS: Final = sa.table(
    "instance_faults",
    *map(sa.column, ("instance_id", "message")),
    sa.column("deleted", sa.Integer),
    *(sa.column(name, sa.DateTime) for name in ("created", "updated")),
)
_REPORTS: Final = sa.table(
    "service_statuses",
    *map(sa.column, ("instance_id", "status_description")),
    sa.column("updated_at", sa.DateTime),
)


def find(
    database: sa.Engine, *, engine: str | None = None, project_id: str | None = None, failed: bool = False
) -> list[InstanceRow]:
    """Return the instances that are not deleted, by name: those of an engine, of a project, or those that failed.

    Raises DatabaseFailedError, MissingTableError, MissingColumnsError.
    """
    query = sa.select(_ROWS).where(_ROWS.c.deleted == 0).order_by(_ROWS.c.name, _ROWS.c.id)
    if engine is not None:
        query = query.where(sa.func.coalesce(_ROWS.c.provisioning_engine, DEFAULT_ENGINE) == engine)
    if project_id is not None:
        query = query.where(_ROWS.c.tenant_id == project_id)
    return [row for row in map(_row, _rows(database, query)) if row.failed or not failed]


def get(database: sa.Engine, wanted: str) -> InstanceRow:
    """Return the instance with this id, with this name, or whose id begins with this text.

    Raise UnknownInstanceError if none matches, or several do; and the errors of ``find``.
    """
    if not wanted:
        raise UnknownInstanceError(wanted, "is not an instance; give an id, the beginning of an id, or a name")
    begins = sa.func.substr(_ROWS.c.id, 1, len(wanted)) == wanted
    query = sa.select(_ROWS).where(_ROWS.c.deleted == 0, begins | (_ROWS.c.name == wanted)).order_by(_ROWS.c.id)
    rows = _rows(database, query)
    matching = [row for row in rows if row.id == wanted] or rows
    if not matching:
        raise UnknownInstanceError(wanted, "matches no instance; deleted instances are not considered")
    if len(matching) > 1:
        candidates = ", ".join(f"{row.id} ({row.name})" for row in matching[:CANDIDATES])
        more = f" and {len(matching) - CANDIDATES} more" if len(matching) > CANDIDATES else ""
        raise UnknownInstanceError(wanted, f"matches several instances: {candidates}{more}")
    return _row(matching[0])


def of_other_engines(database: sa.Engine, known: Collection[str]) -> list[tuple[str, str]]:
    """Return the engine and the id of the instances that are not deleted and have none of the known engines.

    Raises as ``find``.
    """
    engine = sa.func.coalesce(_ROWS.c.provisioning_engine, DEFAULT_ENGINE)
    query = sa.select(engine, _ROWS.c.id).where(_ROWS.c.deleted == 0, engine.not_in(known)).order_by(engine, _ROWS.c.id)
    return [(str(found), str(instance_id)) for found, instance_id in _rows(database, query)]


def last_fault(database: sa.Engine, instance_id: str) -> Fault | None:
    """Return the latest fault of an instance. Raises as ``find``."""
    moment = sa.func.coalesce(_FAULTS.c.updated, _FAULTS.c.created, type_=sa.DateTime)
    mine = sa.select(_FAULTS.c.message, moment.label("at")).where(
        _FAULTS.c.instance_id == instance_id, _FAULTS.c.deleted == 0
    )
    rows = _rows(database, mine.order_by(moment.desc()).limit(1))
    return next((Fault(message=" ".join(row.message.split()), at=row.at) for row in rows), None)


def last_report(database: sa.Engine, instance_id: str) -> GuestReport | None:
    """Return the latest report of an instance's guest. Raises as ``find``."""
    rows = _rows(database, sa.select(_REPORTS).where(_REPORTS.c.instance_id == instance_id).limit(1))
    return next((GuestReport(status=row.status_description, at=row.updated_at) for row in rows), None)


def _rows(database: sa.Engine, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    ownership.require_columns(database)
    with ownership.connected(database) as connection:
        return connection.execute(query).all()


def _row(row: sa.Row[Any]) -> InstanceRow:
    task: Any = InstanceTask.from_code(row.task_id)
    failed = bool(task and task.is_error)
    return InstanceRow(
        id=row.id,
        name=row.name,
        project_id=row.tenant_id,
        engine=row.provisioning_engine or DEFAULT_ENGINE,
        task_status=(task.db_text if failed else task.action) if task else str(row.task_id),
        failed=failed,
        flavor_id=row.flavor_id,
        volume_size=row.volume_size,
        server_id=row.compute_instance_id,
        volume_id=row.volume_id,
        stack_id=row.stack_id,
        hostname=row.hostname,
        region=row.region_id,
        replica_of=row.slave_of_id,
        created=row.created,
        updated=row.updated,
    )
