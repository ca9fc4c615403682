"""Quotas of projects."""

from __future__ import annotations

from typing import Any

from trove_lab.cloud.dns import errors, scope
from trove_lab.cloud.dns.request import Request
from trove_lab.cloud.dns.state import State, Zone
from trove_lab.cloud.http import Reply

DEFAULTS = {
    "zones": 10,
    "zone_recordsets": 500,
    "zone_records": 500,
    "recordset_records": 20,
    "api_export_size": 1000,
}
"""Designate's default quotas. -1 means unlimited."""
MAX_LIMIT = 2**31 - 1


def limits(state: State, project_id: str) -> dict[str, int]:
    """Return the limits of a project."""
    return DEFAULTS | state.quotas.get(project_id, {})


def check_zones(state: State, project_id: str) -> None:
    """Raise Designate's 413 if another zone exceeds the project's quota."""
    _check(state, project_id, "zones", len(state.zones.where(project_id=project_id)) + 1)


def check_recordsets(state: State, zone: Zone) -> None:
    """Raise Designate's 413 if another recordset exceeds the zone's quota."""
    count = sum(not recordset.managed for recordset in state.recordsets_of(zone.id))
    _check(state, zone.project_id, "zone_recordsets", count + 1)


def check_records(state: State, zone: Zone, more: int, wanted: int) -> None:
    """Raise Designate's 413 if ``more`` records exceed the zone's quota, or ``wanted`` records the recordset's."""
    count = sum(len(recordset.records) for recordset in state.recordsets_of(zone.id) if not recordset.managed)
    _check(state, zone.project_id, "zone_records", count + more)
    _check(state, zone.project_id, "recordset_records", wanted)


def show(request: Request, project_id: str | None = None) -> Reply:
    """GET /v2/quotas and /v2/quotas/{project_id}."""
    wanted = project_id or request.project_id
    if not scope.sees(request, wanted):
        raise errors.forbidden("get_quotas")
    return Reply(200, dict(limits(request.cloud.dns, wanted)))


def update(request: Request, project_id: str) -> Reply:
    """PATCH /v2/quotas/{project_id}: changes only the given limits."""
    if not scope.sees(request, project_id):
        raise errors.forbidden("set_quota")
    given: dict[str, Any] = request.object
    unknown = [name for name in given if name not in DEFAULTS]
    if unknown:
        raise errors.bad_keys(unknown, "quotas")
    for name, limit in given.items():
        if isinstance(limit, bool) or not isinstance(limit, int):
            raise errors.bad_value(f"invalid literal for int() with base 10: {limit!r}")
        if not -1 <= limit <= MAX_LIMIT:
            raise errors.bad_value(f"Value must be >= -1 for field {name}")
    request.cloud.dns.quotas.setdefault(project_id, {}).update(given)
    return Reply(200, dict(limits(request.cloud.dns, project_id)))


def delete(request: Request, project_id: str) -> Reply:
    """DELETE /v2/quotas/{project_id}: restores the defaults."""
    request.cloud.dns.quotas.pop(project_id, None)
    return Reply(204)


def show_limits(request: Request) -> Reply:
    """GET /v2/limits: of the caller's project."""
    allowed = limits(request.cloud.dns, request.project_id)
    counts = {f"max_{name}": limit for name, limit in allowed.items() if name != "api_export_size"}
    fixed = {"min_ttl": 0, "max_zone_name_length": 255, "max_recordset_name_length": 255, "max_page_limit": 1000}
    return Reply(200, {**counts, **fixed})


def _check(state: State, project_id: str, name: str, wanted: int) -> None:
    limit = limits(state, project_id)[name]
    if 0 <= limit < wanted:
        raise errors.over_quota(name)
