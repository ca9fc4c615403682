"""Roles of users on domains: what makes a user the administrator of a domain."""

from trove_lab.cloud.http import Reply
from trove_lab.cloud.identity import errors, roles
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import DomainAssignment
from trove_lab.cloud.identity.views import listed


def index(request: Request, domain_id: str, user_id: str) -> Reply:
    """GET /v3/domains/{domain_id}/users/{user_id}/roles: those assigned, not the implied ones."""
    state = request.cloud.identity
    mine = {each.role_id for each in state.domain_assignments if (each.domain_id, each.user_id) == (domain_id, user_id)}
    return listed(request, "roles", [roles.view(request, role) for role in state.roles if role.id in mine])


def grant(request: Request, domain_id: str, user_id: str, role_id: str) -> Reply:
    """PUT /v3/domains/{domain_id}/users/{user_id}/roles/{role_id}."""
    request.cloud.identity.domain_assignments.add(_assignment(request, domain_id, user_id, role_id))
    return Reply(204)


def check(request: Request, domain_id: str, user_id: str, role_id: str) -> Reply:
    """HEAD /v3/domains/{domain_id}/users/{user_id}/roles/{role_id}."""
    if _assignment(request, domain_id, user_id, role_id) not in request.cloud.identity.domain_assignments:
        raise errors.not_found("role assignment with role", role_id)
    return Reply(204)


def revoke(request: Request, domain_id: str, user_id: str, role_id: str) -> Reply:
    """DELETE /v3/domains/{domain_id}/users/{user_id}/roles/{role_id}."""
    check(request, domain_id, user_id, role_id)
    request.cloud.identity.domain_assignments.discard(_assignment(request, domain_id, user_id, role_id))
    return Reply(204)


def _assignment(request: Request, domain_id: str, user_id: str, role_id: str) -> DomainAssignment:
    state = request.cloud.identity
    for kind, table, row_id in (("user", state.users, user_id), ("role", state.roles, role_id)):
        if row_id not in table:
            raise errors.not_found(kind, row_id)
    if domain_id not in state.domains:
        raise errors.not_found("domain", domain_id)
    return DomainAssignment(user_id, domain_id, role_id)
