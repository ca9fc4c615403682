"""Security groups."""

from __future__ import annotations

from collections.abc import Mapping

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.network import errors, lists, quotas, security_group_rules, standard
from trove_lab.cloud.network.attributes import COMMON, Attribute, boolean, parse_create, parse_update
from trove_lab.cloud.network.request import NetworkCloud, Request
from trove_lab.cloud.network.state import SecurityGroup

ATTRIBUTES: Mapping[str, Attribute] = {**COMMON, "stateful": Attribute(boolean, default=True)}
_FILTERABLE = (*standard.FILTERABLE, "stateful", "shared")


def index(request: Request) -> Reply:
    """GET /v2.0/security-groups: creates the ``default`` group of the project if it is missing."""
    default_of(request.cloud, request.project_id)
    seen = [_view(request, each) for each in standard.own(request, request.cloud.network.security_groups)]
    return lists.respond(request, "security_groups", seen, filterable=_FILTERABLE)


def create(request: Request) -> Reply:
    """POST /v2.0/security-groups: one or many, each with two rules that allow all egress."""
    given, bulk = parse_create(request, "security_group", ATTRIBUTES)
    state = request.cloud.network
    if any(each["name"] == "default" for each in given):
        raise errors.conflict("SecurityGroupDefaultAlreadyExists", "Default security group already exists.")
    quotas.reserve(state, given[0]["project_id"], "security_group", len(given))
    views = []
    for each in given:
        group = SecurityGroup(id=new_uuid(), stateful=each["stateful"], **standard.common(request, each))
        state.security_groups.add(group)
        security_group_rules.allow_egress(request.cloud, group)
        views.append(_view(request, group))
    return Reply(201, {"security_groups": views} if bulk else {"security_group": views[0]})


def show(request: Request, security_group_id: str) -> Reply:
    """GET /v2.0/security-groups/{security_group_id}: with its rules."""
    group = find(request, security_group_id)
    return Reply(200, {"security_group": lists.only_fields(request, _view(request, group))})


def update(request: Request, security_group_id: str) -> Reply:
    """PUT /v2.0/security-groups/{security_group_id}."""
    group = find(request, security_group_id)
    changes = parse_update(request, "security_group", ATTRIBUTES, _view(request, group))
    if group.is_default and changes.get("name", group.name) != group.name:
        raise errors.conflict("SecurityGroupCannotUpdateDefault", "Updating default security group not allowed.")
    standard.change(request, group, changes)
    return Reply(200, {"security_group": _view(request, group)})


def delete(request: Request, security_group_id: str) -> Reply:
    """DELETE /v2.0/security-groups/{security_group_id}: with its rules. 409 while a port has it."""
    group, state = find(request, security_group_id), request.cloud.network
    if group.is_default and not request.caller.is_admin:
        message = "Insufficient rights for removing default security group."
        raise errors.conflict("SecurityGroupCannotRemoveDefault", message)
    if any(group.id in port.security_group_ids for port in state.ports):
        raise errors.conflict("SecurityGroupInUse", f"Security Group {group.id} in use.")
    for rule in state.rules:
        if group.id in (rule.security_group_id, rule.remote_group_id):
            state.rules.remove(rule.id)
    state.security_groups.remove(group.id)
    return Reply(204)


def find(request: Request, security_group_id: str) -> SecurityGroup:
    """Return a security group of the caller."""
    return standard.find(request, request.cloud.network.security_groups, "Security group", security_group_id)


def default_of(cloud: NetworkCloud, project_id: str) -> SecurityGroup:
    """Return a project's ``default`` group. It is created when it is first needed."""
    found = cloud.network.security_groups.where(project_id=project_id, is_default=True)
    if found:
        return found[0]
    now = cloud.clock.now()
    group = SecurityGroup(
        id=new_uuid(),
        project_id=project_id,
        name="default",
        description="Default security group",
        is_default=True,
        created_at=now,
        updated_at=now,
    )
    cloud.network.security_groups.add(group)
    security_group_rules.allow_egress(cloud, group)
    security_group_rules.allow_ingress_from_members(cloud, group)
    return group


def _view(request: Request, group: SecurityGroup) -> Json:
    rules = request.cloud.network.rules.where(security_group_id=group.id)
    return {
        **standard.view(group),
        "stateful": group.stateful,
        "shared": False,
        "security_group_rules": [security_group_rules.view(rule) for rule in rules],
    }
