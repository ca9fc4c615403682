"""The parts that Keystone's replies have in common."""

from typing import Protocol

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.table import Row


class NamedRow(Row, Protocol):
    """A row with a name and a description."""

    @property
    def name(self) -> str:
        """The name."""

    @property
    def description(self) -> str | None:
        """The description, if the resource has one."""


def self_link(request: Request, collection: str, row_id: str) -> Json:
    """Return the resource's link to itself."""
    return {"links": {"self": request.link(f"/v3/{collection}/{row_id}")}}


def named_view(request: Request, collection: str, row: NamedRow) -> Json:
    """Return the attributes that all resources with a name have."""
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "options": {},
        **self_link(request, collection, row.id),
    }


def filters(request: Request, *names: str) -> dict[str, str]:
    """Return the filters in the query string that have one of these names."""
    return {name: value for name, value in request.args.items() if name in names}


def listed(request: Request, collection: str, rows: list[Json]) -> Reply:
    """Return a reply with the whole list: Keystone does not paginate."""
    return Reply(200, {collection: rows, "links": {"next": None, "self": request.base_url, "previous": None}})
