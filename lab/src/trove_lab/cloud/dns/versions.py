"""Version documents."""

from __future__ import annotations

from trove_lab.cloud.dns.request import Request
from trove_lab.cloud.http import ApiError, Json, Reply

_VERSIONS = (
    ("v2", "SUPPORTED", "2022-06-29T00:00:00Z"),
    ("v2.0", "SUPPORTED", "2022-06-29T00:00:00Z"),
    ("v2.1", "SUPPORTED", "2023-01-25T00:00:00Z"),
    ("v2.2", "SUPPORTED", "2025-08-25T00:00:00Z"),
    ("v2.3", "SUPPORTED", "2026-04-06T00:00:00Z"),
    ("v2.4", "CURRENT", "2026-04-13T00:00:00Z"),
)


def index(request: Request) -> Reply:
    """GET /: the available versions."""
    return Reply(200, {"versions": [_version(request, *each) for each in _VERSIONS]})


def show(_request: Request) -> Reply:
    """GET /v2: 404, but only with a valid token."""
    raise ApiError(404, "", "")


def _version(request: Request, version_id: str, status: str, updated: str) -> Json:
    links = [
        {"href": request.link("/v2"), "rel": "self"},
        {"href": "https://docs.openstack.org/api-ref/dns", "rel": "help"},
    ]
    return {"id": version_id, "links": links, "status": status, "updated": updated}
