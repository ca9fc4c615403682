"""Pools of name servers. There is one, to which all zones belong."""

from __future__ import annotations

from trove_lab.cloud.dns import errors, listing
from trove_lab.cloud.dns.request import Request
from trove_lab.cloud.dns.state import NAMESERVERS
from trove_lab.cloud.http import Json, Reply


def index(request: Request) -> Reply:
    """GET /v2/pools."""
    return Reply(200, {"pools": [_view(request)], "links": {"self": request.base_url}})


def show(request: Request, pool_id: str) -> Reply:
    """GET /v2/pools/{pool_id}."""
    listing.require_uuid("pool_id", pool_id)
    if pool_id != request.cloud.dns.pool_id:
        raise errors.not_found("Pool")
    return Reply(200, _view(request))


def _view(request: Request) -> Json:
    pool_id = request.cloud.dns.pool_id
    return {
        "id": pool_id,
        "project_id": None,
        "name": "default",
        "description": "The emulated cloud's name servers",
        "attributes": {},
        "ns_records": [{"priority": place, "hostname": name} for place, name in enumerate(NAMESERVERS, 1)],
        "created_at": None,
        "updated_at": None,
        "links": {"self": request.link(f"/v2/pools/{pool_id}")},
    }
