"""Migrations: resizes and migrations of servers, for administrators."""

from collections.abc import Callable, Mapping

from trove_lab.cloud.compute import lookups
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Migration
from trove_lab.cloud.compute.validation import ANY, DATE, query
from trove_lab.cloud.compute.views import paginate, precise
from trove_lab.cloud.http import Json, Reply

_FILTERS: Mapping[str, Callable[[Migration], str]] = {
    "instance_uuid": lambda migration: migration.server_id,
    "status": lambda migration: migration.status,
    "migration_type": lambda migration: migration.kind,
    "source_compute": lambda migration: migration.source,
    "user_id": lambda migration: migration.user_id,
    "project_id": lambda migration: migration.project_id,
}


class _Row:
    """A migration as a row of a page, which knows it by its uuid."""

    def __init__(self, migration: Migration) -> None:
        self.id = migration.uuid
        self.migration = migration


def index(request: Request) -> Reply:
    """GET /os-migrations: newest first."""
    given = query(
        request,
        {**dict.fromkeys([*_FILTERS, "host", "hidden"], ANY), "changes-since": DATE, "changes-before": DATE},
        strict_since=(2, 59),
    )
    rows = [_Row(each) for each in reversed(request.cloud.compute.migrations) if _fits(request, each)]
    if not request.at_least((2, 59)):
        return Reply(200, {"migrations": [_view(request, row.migration) for row in rows]})
    shown, next_links = paginate(request, rows, path="os-migrations", query=given)
    body: Json = {"migrations": [_view(request, row.migration) for row in shown]}
    if next_links:
        body["migrations_links"] = next_links
    return Reply(200, body)


def list_of_server(request: Request, server_id: str) -> Reply:
    """GET /servers/{server_id}/migrations: live migrations in progress. Always empty here."""
    lookups.server(request, server_id)
    return Reply(200, {"migrations": []})


def _fits(request: Request, migration: Migration) -> bool:
    if request.args.get("host", migration.source) not in (migration.source, migration.target):
        return False
    return all(request.args.get(name, read(migration)) == read(migration) for name, read in _FILTERS.items())


def _view(request: Request, migration: Migration) -> Json:
    view: Json = {"id": migration.id}
    if request.at_least((2, 59)):
        view["uuid"] = migration.uuid
    view |= {
        "source_compute": migration.source,
        "dest_compute": migration.target,
        "source_node": migration.source,
        "dest_node": migration.target,
        "dest_host": "127.0.0.1" if migration.target else None,
        "old_instance_type_id": migration.old_flavor.number,
        "new_instance_type_id": migration.new_flavor.number,
        "instance_uuid": migration.server_id,
        "status": migration.status,
    }
    if request.at_least((2, 23)):
        view["migration_type"] = migration.kind
    if request.at_least((2, 80)):
        view |= {"user_id": migration.user_id, "project_id": migration.project_id}
    return {**view, "created_at": precise(migration.created_at), "updated_at": precise(migration.updated_at)}
