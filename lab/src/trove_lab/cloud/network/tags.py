"""Tags, the same for all of Neutron's resources."""

from collections.abc import Mapping
from typing import Any

from trove_lab.cloud.http import ApiError, Reply
from trove_lab.cloud.network import attributes, errors, standard
from trove_lab.cloud.network.request import Request
from trove_lab.cloud.network.state import Standard, State
from trove_lab.cloud.table import Table


def index(request: Request, collection: str, row_id: str) -> Reply:
    """GET /v2.0/{collection}/{id}/tags."""
    return Reply(200, {"tags": sorted(_find(request, collection, row_id).tags)})


def replace(request: Request, collection: str, row_id: str) -> Reply:
    """PUT /v2.0/{collection}/{id}/tags: replaces all tags."""
    tags = _given(request)
    _find(request, collection, row_id).tags = list(dict.fromkeys(tags))
    return Reply(200, {"tags": tags})


def extend(request: Request, collection: str, row_id: str) -> Reply:
    """POST /v2.0/{collection}/{id}/tags: adds tags."""
    row, tags = _find(request, collection, row_id), _given(request)
    row.tags = list(dict.fromkeys([*row.tags, *tags]))
    return Reply(200, {"tags": tags})


def clear(request: Request, collection: str, row_id: str) -> Reply:
    """DELETE /v2.0/{collection}/{id}/tags."""
    _find(request, collection, row_id).tags = []
    return Reply(204)


def check(request: Request, collection: str, row_id: str, tag: str) -> Reply:
    """GET /v2.0/{collection}/{id}/tags/{tag}."""
    if tag not in _find(request, collection, row_id).tags:
        raise ApiError(404, "TagNotFound", f"Tag {tag} could not be found.")
    return Reply(204)


def add(request: Request, collection: str, row_id: str, tag: str) -> Reply:
    """PUT /v2.0/{collection}/{id}/tags/{tag}."""
    row = _find(request, collection, row_id)
    row.tags = list(dict.fromkeys([*row.tags, tag]))
    return Reply(201, {})


def remove(request: Request, collection: str, row_id: str, tag: str) -> Reply:
    """DELETE /v2.0/{collection}/{id}/tags/{tag}."""
    check(request, collection, row_id, tag)
    _find(request, collection, row_id).tags.remove(tag)
    return Reply(204)


def _given(request: Request) -> list[str]:
    tags = request.object.get("tags")
    if not isinstance(tags, list):
        raise errors.invalid_input("Invalid tags body")
    return list(attributes.listed(attributes.text(255))("tags", tags))


def _find(request: Request, collection: str, row_id: str) -> Standard:
    state: State = request.cloud.network
    tables: Mapping[str, tuple[Table[Any], str]] = {
        "networks": (state.networks, "Network"),
        "subnets": (state.subnets, "Subnet"),
        "ports": (state.ports, "Port"),
        "security-groups": (state.security_groups, "Security group"),
        "routers": (state.routers, "Router"),
        "floatingips": (state.floating_ips, "Floating IP"),
    }
    if collection not in tables:
        raise ApiError(404, "", "The resource could not be found.")
    table, kind = tables[collection]
    row: Standard = standard.find(request, table, kind, row_id)
    return row
