"""Roles."""

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.identity import errors
from trove_lab.cloud.identity.lookups import find
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import Role
from trove_lab.cloud.identity.views import filters, listed, named_view
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


def index(request: Request) -> Reply:
    """GET /v3/roles."""
    roles = request.cloud.identity.roles.where(**filters(request, "name"))
    return listed(request, "roles", [view(request, each) for each in roles])


def create(request: Request) -> Reply:
    """POST /v3/roles."""
    given, roles = request.object["role"], request.cloud.identity.roles
    if roles.where(name=given["name"]):
        raise errors.conflict("role", given["name"])
    role = roles.add(Role(id=new_hex(), name=given["name"], description=given.get("description")))
    return Reply(201, {"role": view(request, role)})


def show(request: Request, role_id: str) -> Reply:
    """GET /v3/roles/{role_id}."""
    return Reply(200, {"role": view(request, find(request.cloud.identity.roles, "role", role_id))})


def delete(request: Request, role_id: str) -> Reply:
    """DELETE /v3/roles/{role_id}."""
    state = request.cloud.identity
    role = find(state.roles, "role", role_id)
    if role.immutable:
        raise ApiError(403, "Forbidden", f"Cannot delete immutable role {role.id}.")
    state.roles.remove(role.id)
    state.assignments = {each for each in state.assignments if each.role_id != role.id}
    return Reply(204)


def view(request: Request, role: Role) -> Json:
    """Return a role as Keystone shows it."""
    options = {"immutable": True} if role.immutable else {}
    return {**named_view(request, "roles", role), "domain_id": None, "options": options}
