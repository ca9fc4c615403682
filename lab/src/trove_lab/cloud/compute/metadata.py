"""The metadata of a server."""

from trove_lab.cloud.compute import errors, lookups, quotas
from trove_lab.cloud.compute.parameters import METADATA
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.compute.validation import body
from trove_lab.cloud.http import Json, Reply

_ALL: Json = {
    "type": "object",
    "properties": {"metadata": METADATA},
    "required": ["metadata"],
    "additionalProperties": False,
}
_ONE: Json = {
    "type": "object",
    "properties": {"meta": {**METADATA, "minProperties": 1, "maxProperties": 1}},
    "required": ["meta"],
    "additionalProperties": False,
}


def index(request: Request, server_id: str) -> Reply:
    """GET /servers/{server_id}/metadata."""
    return Reply(200, {"metadata": dict(lookups.server(request, server_id).metadata)})


def create(request: Request, server_id: str) -> Reply:
    """POST /servers/{server_id}/metadata: adds and replaces items, and keeps the others."""
    given = body(request, _ALL)["metadata"]
    server = lookups.server(request, server_id)
    return Reply(200, {"metadata": _set(request, server, {**server.metadata, **given})})


def update_all(request: Request, server_id: str) -> Reply:
    """PUT /servers/{server_id}/metadata: replaces all items."""
    given = body(request, _ALL)["metadata"]
    return Reply(200, {"metadata": _set(request, lookups.server(request, server_id), given)})


def show(request: Request, server_id: str, key: str) -> Reply:
    """GET /servers/{server_id}/metadata/{key}."""
    return Reply(200, {"meta": {key: _find(lookups.server(request, server_id), key)}})


def update(request: Request, server_id: str, key: str) -> Reply:
    """PUT /servers/{server_id}/metadata/{key}."""
    given = body(request, _ONE)["meta"]
    if key not in given:
        raise errors.bad_request("Request body and URI mismatch")
    server = lookups.server(request, server_id)
    _set(request, server, {**server.metadata, **given})
    return Reply(200, {"meta": given})


def delete(request: Request, server_id: str, key: str) -> Reply:
    """DELETE /servers/{server_id}/metadata/{key}."""
    server = lookups.server(request, server_id)
    _find(server, key)
    _set(request, server, {name: value for name, value in server.metadata.items() if name != key}, "delete metadata")
    return Reply(204)


def _find(server: Server, key: str) -> str:
    if key not in server.metadata:
        raise errors.not_found("Metadata item was not found")
    return server.metadata[key]


def _set(request: Request, server: Server, metadata: dict[str, str], action: str = "update metadata") -> dict[str, str]:
    lookups.require_unlocked(request, server)
    lookups.require_state(server, action, lookups.WITH_METADATA, None)
    if len(metadata) > len(server.metadata):
        quotas.check_metadata(request.cloud.compute, server.project_id, len(metadata))
    server.metadata, server.updated_at = dict(metadata), request.cloud.clock.now()
    return server.metadata
