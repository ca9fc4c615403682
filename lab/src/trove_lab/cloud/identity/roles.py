"""Roles, and who has which."""

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.identity import errors
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import Role
from trove_lab.cloud.identity.views import listed, self_link
from trove_lab.cloud.ids import new_hex

SCHEMA: Json = {
    "type": "object",
    "required": ["role"],
    "properties": {
        "role": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string", "minLength": 1}, "description": {"type": "string"}},
        }
    },
}

_ASSIGNMENT_FILTERS = ("user.id", "role.id", "scope.project.id", "scope.domain.id")


def index(request: Request) -> Reply:
    """GET /v3/roles."""
    wanted = {name: value for name, value in request.args.items() if name == "name"}
    return listed(request, "roles", [view(request, each) for each in request.cloud.identity.roles.where(**wanted)])


def create(request: Request) -> Reply:
    """POST /v3/roles."""
    given, roles = request.object["role"], request.cloud.identity.roles
    if roles.where(name=given["name"]):
        raise errors.conflict("role", given["name"])
    role = roles.add(Role(id=new_hex(), name=given["name"], description=given.get("description")))
    return Reply(201, {"role": view(request, role)})


def show(request: Request, role_id: str) -> Reply:
    """GET /v3/roles/{role_id}."""
    return Reply(200, {"role": view(request, _find(request, role_id))})


def delete(request: Request, role_id: str) -> Reply:
    """DELETE /v3/roles/{role_id}."""
    state, role = request.cloud.identity, _find(request, role_id)
    if role.immutable:
        raise ApiError(403, "Forbidden", f"Cannot delete immutable role {role.id}.")
    state.roles.remove(role.id)
    state.assignments = {each for each in state.assignments if each.role_id != role.id}
    return Reply(204)


def index_of_user(request: Request, project_id: str, user_id: str) -> Reply:
    """GET /v3/projects/{project_id}/users/{user_id}/roles: those assigned, not the implied ones."""
    state = request.cloud.identity
    mine = {each.role_id for each in state.assignments if (each.project_id, each.user_id) == (project_id, user_id)}
    return listed(request, "roles", [view(request, role) for role in state.roles if role.id in mine])


def index_assignments(request: Request) -> Reply:
    """GET /v3/role_assignments: filters ``user.id``, ``scope.project.id``, ``scope.domain.id`` and ``role.id``."""
    state, wanted = request.cloud.identity, request.args
    assigned = [("project", each.project_id, each.user_id, each.role_id) for each in state.assignments]
    assigned += [("domain", each.domain_id, each.user_id, each.role_id) for each in state.domain_assignments]
    rows = []
    for kind, target_id, user_id, role_id in assigned:
        have = {"user.id": user_id, "role.id": role_id, f"scope.{kind}.id": target_id}
        if all(have.get(name) == wanted[name] for name in _ASSIGNMENT_FILTERS if name in wanted):
            path = f"/v3/{kind}s/{target_id}/users/{user_id}/roles/{role_id}"
            rows.append(
                {
                    "links": {"assignment": request.link(path)},
                    "scope": {kind: {"id": target_id}},
                    "user": {"id": user_id},
                    "role": {"id": role_id},
                }
            )
    return listed(request, "role_assignments", rows)


def _find(request: Request, role_id: str) -> Role:
    role = request.cloud.identity.roles.get(role_id)
    if role is None:
        raise errors.not_found("role", role_id)
    return role


def view(request: Request, role: Role) -> Json:
    """Return a role as Keystone shows it."""
    return {
        "id": role.id,
        "name": role.name,
        "domain_id": None,
        "description": role.description,
        "options": {"immutable": True} if role.immutable else {},
        **self_link(request, "roles", role.id),
    }
