"""The metadata of volumes and snapshots, which have the same requests."""

from __future__ import annotations

from collections.abc import Callable

from trove_lab.cloud.http import Handler, Json, Reply, Route
from trove_lab.cloud.volume import bodies, errors, snapshots, volumes
from trove_lab.cloud.volume.request import Request
from trove_lab.cloud.volume.state import Snapshot, Volume

SCHEMA: Json = {
    "type": "object",
    "required": ["metadata"],
    "properties": {"metadata": bodies.METADATA | {"type": "object"}},
}
ONE: Json = {"type": "object", "required": ["meta"], "properties": {"meta": bodies.METADATA | {"type": "object"}}}

Find = Callable[[Request, str], Volume | Snapshot]


def routes(path: str, kind: str, find: Find) -> tuple[Route, ...]:
    """Return the routes for the metadata of one resource, below ``path``."""

    def at(handler: Callable[..., Reply]) -> Handler:
        return lambda request, row_id, **names: handler(request, kind, find(request, row_id), **names)

    return (
        Route("GET", f"{path}/<row_id>/metadata", at(_index)),
        Route("POST", f"{path}/<row_id>/metadata", at(_add), schema=SCHEMA),
        Route("PUT", f"{path}/<row_id>/metadata", at(_replace), schema=SCHEMA),
        Route("GET", f"{path}/<row_id>/metadata/<key>", at(_show)),
        Route("PUT", f"{path}/<row_id>/metadata/<key>", at(_update), schema=ONE),
        Route("DELETE", f"{path}/<row_id>/metadata/<key>", at(_delete)),
    )


def _index(_request: Request, _kind: str, row: Volume | Snapshot) -> Reply:
    return Reply(200, {"metadata": dict(row.metadata)})


def _add(request: Request, _kind: str, row: Volume | Snapshot) -> Reply:
    row.metadata.update(request.object["metadata"])
    return Reply(200, {"metadata": dict(row.metadata)})


def _replace(request: Request, _kind: str, row: Volume | Snapshot) -> Reply:
    row.metadata = dict(request.object["metadata"])
    return Reply(200, {"metadata": dict(row.metadata)})


def _show(_request: Request, kind: str, row: Volume | Snapshot, key: str) -> Reply:
    return Reply(200, {"meta": {key: _value(kind, row, key)}})


def _update(request: Request, _kind: str, row: Volume | Snapshot, key: str) -> Reply:
    given = request.object["meta"]
    if list(given) != [key]:
        raise errors.bad_request("Request body and URI mismatch")
    row.metadata.update(given)
    return Reply(200, {"meta": given})


def _delete(_request: Request, kind: str, row: Volume | Snapshot, key: str) -> Reply:
    _value(kind, row, key)
    del row.metadata[key]
    return Reply(200)


def _value(kind: str, row: Volume | Snapshot, key: str) -> str:
    if key not in row.metadata:
        raise errors.missing(f"{kind} {row.id} has no metadata with key {key}.")
    return row.metadata[key]


VOLUME_ROUTES = routes("/volumes", "Volume", volumes.find)
SNAPSHOT_ROUTES = routes("/snapshots", "Snapshot", snapshots.find)
