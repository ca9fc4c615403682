"""Quotas: how many of each resource a project may have. -1 means unlimited."""

from typing import Any

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.network import attributes, errors
from trove_lab.cloud.network.request import Request
from trove_lab.cloud.network.state import State

DEFAULTS = {
    "network": 100,
    "subnet": 100,
    "subnetpool": -1,
    "port": 500,
    "router": 10,
    "floatingip": 50,
    "rbac_policy": 10,
    "security_group": 10,
    "security_group_rule": 100,
}
"""Neutron's defaults: https://docs.openstack.org/neutron/latest/configuration/neutron.html#quotas"""


def reserve(state: State, project_id: str, resource: str, count: int = 1) -> None:
    """Raise an ApiError if the request exceeds the project's quota."""
    limit = _limits(state, project_id)[resource]
    if 0 <= limit < used(state, project_id, resource) + count:
        raise errors.over_quota([resource])


def used(state: State, project_id: str, resource: str) -> int:
    """Return how many of a resource a project has."""
    tables: dict[str, Any] = {
        "network": state.networks,
        "subnet": state.subnets,
        "port": state.ports,
        "router": state.routers,
        "floatingip": state.floating_ips,
        "security_group": state.security_groups,
        "security_group_rule": state.rules,
    }
    return len(tables[resource].where(project_id=project_id)) if resource in tables else 0


def index(request: Request) -> Reply:
    """GET /v2.0/quotas: of the projects that have limits of their own."""
    state = request.cloud.network
    rows = [{**_limits(state, each), "project_id": each, "tenant_id": each} for each in state.quotas]
    return Reply(200, {"quotas": rows})


def show(request: Request, project_id: str) -> Reply:
    """GET /v2.0/quotas/{project_id}."""
    _admit(request, project_id, "get_quota")
    return Reply(200, {"quota": _limits(request.cloud.network, project_id)})


def show_defaults(request: Request, project_id: str) -> Reply:
    """GET /v2.0/quotas/{project_id}/default."""
    _admit(request, project_id, "get_quota")
    return Reply(200, {"quota": dict(DEFAULTS)})


def show_details(request: Request, project_id: str) -> Reply:
    """GET /v2.0/quotas/{project_id}/details.json: with usage."""
    _admit(request, project_id, "get_quota")
    state = request.cloud.network
    details = {
        name: {"limit": limit, "used": used(state, project_id, name), "reserved": 0}
        for name, limit in _limits(state, project_id).items()
    }
    return Reply(200, {"quota": details})


def update(request: Request, project_id: str) -> Reply:
    """PUT /v2.0/quotas/{project_id}: below the usage only with ``force``."""
    if not request.caller.is_admin:
        raise errors.forbidden("rule:update_quota")
    given: Json = dict(request.object.get("quota") or {})
    force = attributes.boolean("force", given.pop("force", False))
    given.pop("check_limit", None)
    unknown = ", ".join(sorted(set(given) - set(DEFAULTS)))
    if unknown:
        raise errors.bad_request(f"Unrecognized attribute(s) '{unknown}'")
    state = request.cloud.network
    limits = {name: attributes.integer(name, value) for name, value in given.items()}
    for name, limit in limits.items():
        have = used(state, project_id, name)
        if not force and 0 <= limit < have:
            message = f"Quota limit {limit} for {name} must be greater than or equal to already used {have}"
            raise errors.bad_request(message)
    state.quotas.setdefault(project_id, {}).update(limits)
    return Reply(200, {"quota": _limits(state, project_id)})


def delete(request: Request, project_id: str) -> Reply:
    """DELETE /v2.0/quotas/{project_id}: restores the defaults."""
    if not request.caller.is_admin:
        raise errors.forbidden("rule:delete_quota")
    if request.cloud.network.quotas.pop(project_id, None) is None:
        message = f"Quota for project {project_id} could not be found."
        raise ApiError(404, "TenantQuotaNotFound", message)
    return Reply(204)


def _limits(state: State, project_id: str) -> dict[str, int]:
    return {**DEFAULTS, **state.quotas.get(project_id, {})}


def _admit(request: Request, project_id: str, rule: str) -> None:
    if not request.caller.sees(project_id):
        raise errors.forbidden(f"rule:{rule}")
