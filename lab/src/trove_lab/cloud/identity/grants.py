"""Role assignments: which roles a user has on a project or a domain."""

from trove_lab.cloud.http import Reply
from trove_lab.cloud.identity import errors, roles
from trove_lab.cloud.identity.lookups import find
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import Assignment
from trove_lab.cloud.identity.views import listed

_FILTERS = ("user.id", "role.id", "scope.project.id", "scope.domain.id")


def index(request: Request, user_id: str, **target: str) -> Reply:
    """GET /v3/{projects|domains}/{id}/users/{user_id}/roles: the roles assigned directly, without the implied ones."""
    state, (_, target_id) = request.cloud.identity, _target(**target)
    role_ids = {each.role_id for each in state.assignments if (each.target_id, each.user_id) == (target_id, user_id)}
    return listed(request, "roles", [roles.view(request, role) for role in state.roles if role.id in role_ids])


def grant(request: Request, user_id: str, role_id: str, **target: str) -> Reply:
    """PUT /v3/{projects|domains}/{id}/users/{user_id}/roles/{role_id}."""
    request.cloud.identity.assignments.add(_assignment(request, user_id, role_id, **target))
    return Reply(204)


def check(request: Request, user_id: str, role_id: str, **target: str) -> Reply:
    """HEAD /v3/{projects|domains}/{id}/users/{user_id}/roles/{role_id}."""
    if _assignment(request, user_id, role_id, **target) not in request.cloud.identity.assignments:
        raise errors.not_found("role assignment with role", role_id)
    return Reply(204)


def revoke(request: Request, user_id: str, role_id: str, **target: str) -> Reply:
    """DELETE /v3/{projects|domains}/{id}/users/{user_id}/roles/{role_id}."""
    check(request, user_id, role_id, **target)
    request.cloud.identity.assignments.discard(_assignment(request, user_id, role_id, **target))
    return Reply(204)


def index_all(request: Request) -> Reply:
    """GET /v3/role_assignments: filters ``user.id``, ``scope.project.id``, ``scope.domain.id`` and ``role.id``."""
    wanted, rows = request.args, []
    for each in request.cloud.identity.assignments:
        have = {"user.id": each.user_id, "role.id": each.role_id, f"scope.{each.target}.id": each.target_id}
        if all(have.get(name) == wanted[name] for name in _FILTERS if name in wanted):
            path = f"/v3/{each.target}s/{each.target_id}/users/{each.user_id}/roles/{each.role_id}"
            rows.append(
                {
                    "links": {"assignment": request.link(path)},
                    "scope": {each.target: {"id": each.target_id}},
                    "user": {"id": each.user_id},
                    "role": {"id": each.role_id},
                }
            )
    return listed(request, "role_assignments", rows)


def _target(project_id: str = "", domain_id: str = "") -> tuple[str, str]:
    return ("project", project_id) if project_id else ("domain", domain_id)


def _assignment(request: Request, user_id: str, role_id: str, **target: str) -> Assignment:
    """Return the assignment that a path names. Raise an ApiError when one of its ids is unknown."""
    state, (kind, target_id) = request.cloud.identity, _target(**target)
    find(state.users, "user", user_id)
    find(state.roles, "role", role_id)
    if kind == "project":
        find(state.projects, "project", target_id)
    else:
        find(state.domains, "domain", target_id)
    return Assignment(user_id, kind, target_id, role_id)
