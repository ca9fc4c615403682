"""What all of Neutron's resources have in common: standard attributes, lookup, update."""

from typing import TypeVar

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.http import Json
from trove_lab.cloud.network import errors
from trove_lab.cloud.network.request import Request
from trove_lab.cloud.network.state import Standard
from trove_lab.cloud.table import Table

S = TypeVar("S", bound=Standard)

FILTERABLE = ("id", "name", "description", "project_id", "tenant_id", "revision_number", "created_at", "updated_at")
"""The standard attributes that lists can be filtered by."""


def view(row: Standard) -> Json:
    """Return the standard attributes of a resource's view."""
    return {
        "id": row.id,
        "name": row.name,
        "project_id": row.project_id,
        "tenant_id": row.project_id,
        "description": row.description,
        "tags": sorted(row.tags),
        "revision_number": row.revision_number,
        "created_at": timestamp(row.created_at),
        "updated_at": timestamp(row.updated_at),
    }


def common(request: Request, given: Json) -> Json:
    """Return the standard attributes of a new resource, given the complete body of its create request."""
    now = request.cloud.clock.now()
    names = ("project_id", "name", "description", "tags")
    return {**{name: given[name] for name in names if name in given}, "created_at": now, "updated_at": now}


def find(request: Request, table: Table[S], kind: str, row_id: str) -> S:
    """Return a resource of the caller's project, or of any project for an administrator."""
    row = table.get(row_id)
    if row is None or not request.caller.sees(row.project_id):
        raise errors.not_found(kind, row_id)
    return row


def own(request: Request, table: Table[S]) -> list[S]:
    """Return the rows that the caller may see."""
    return [row for row in table if request.caller.sees(row.project_id)]


def change(request: Request, row: Standard, changes: Json) -> None:
    """Set attributes of a resource, and record the change."""
    for name, value in changes.items():
        setattr(row, name, value)
    row.revision_number += 1
    row.updated_at = request.cloud.clock.now()
