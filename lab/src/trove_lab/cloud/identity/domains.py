"""Domains."""

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.identity import errors
from trove_lab.cloud.identity.lookups import find
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import Domain
from trove_lab.cloud.identity.views import filters, listed, named_view
from trove_lab.cloud.ids import new_hex

SCHEMA: Json = {
    "type": "object",
    "required": ["domain"],
    "properties": {
        "domain": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 64},
                "description": {"type": "string"},
                "enabled": {"type": "boolean"},
            },
        }
    },
}


def index(request: Request) -> Reply:
    """GET /v3/domains."""
    domains = request.cloud.identity.domains.where(**filters(request, "name"))
    return listed(request, "domains", [_view(request, each) for each in domains])


def create(request: Request) -> Reply:
    """POST /v3/domains."""
    given = request.object["domain"]
    if "name" not in given:
        raise errors.invalid("", "", "'name' is a required property")
    domains = request.cloud.identity.domains
    if domains.where(name=given["name"]):
        raise errors.conflict("domain", given["name"])
    domain = Domain(id=new_hex(), name=given["name"], description=given.get("description", ""))
    domain.enabled = given.get("enabled", True)
    return Reply(201, {"domain": _view(request, domains.add(domain))})


def index_own(request: Request) -> Reply:
    """GET /v3/auth/domains: those that the caller could scope a token to."""
    state = request.cloud.identity
    mine = {each.target_id for each in state.assignments if each.user_id == request.caller.user_id}
    return listed(request, "domains", [_view(request, each) for each in state.domains if each.id in mine])


def show(request: Request, domain_id: str) -> Reply:
    """GET /v3/domains/{domain_id}."""
    return Reply(200, {"domain": _view(request, find(request.cloud.identity.domains, "domain", domain_id))})


def update(request: Request, domain_id: str) -> Reply:
    """PATCH /v3/domains/{domain_id}."""
    domain = find(request.cloud.identity.domains, "domain", domain_id)
    for name, value in request.object["domain"].items():
        if name in ("name", "description", "enabled"):
            setattr(domain, name, value)
    return Reply(200, {"domain": _view(request, domain)})


def delete(request: Request, domain_id: str) -> Reply:
    """DELETE /v3/domains/{domain_id}: only if it is disabled. Deletes its users and projects too."""
    state = request.cloud.identity
    domain = find(state.domains, "domain", domain_id)
    if domain.enabled:
        raise ApiError(403, "Forbidden", "Cannot delete a domain that is enabled, please disable it first.")
    for user in state.users.where(domain_id=domain.id):
        state.remove_user(user.id)
    for project in state.projects.where(domain_id=domain.id):
        state.remove_project(project.id)
    state.assignments = {each for each in state.assignments if each.target_id != domain.id}
    state.domains.remove(domain.id)
    return Reply(204)


def _view(request: Request, domain: Domain) -> Json:
    return {**named_view(request, "domains", domain), "enabled": domain.enabled, "tags": []}
