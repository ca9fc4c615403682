"""Domains."""

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.identity import errors
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import Domain
from trove_lab.cloud.identity.views import listed, self_link
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
    wanted = {name: value for name, value in request.args.items() if name == "name"}
    return listed(request, "domains", [_view(request, each) for each in request.cloud.identity.domains.where(**wanted)])


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
    """GET /v3/auth/domains: those to which the caller could scope a token."""
    state = request.cloud.identity
    mine = {each.domain_id for each in state.domain_assignments if each.user_id == request.caller.user_id}
    return listed(request, "domains", [_view(request, each) for each in state.domains if each.id in mine])


def show(request: Request, domain_id: str) -> Reply:
    """GET /v3/domains/{domain_id}."""
    return Reply(200, {"domain": _view(request, _find(request, domain_id))})


def update(request: Request, domain_id: str) -> Reply:
    """PATCH /v3/domains/{domain_id}."""
    domain = _find(request, domain_id)
    for name, value in request.object["domain"].items():
        if name in ("name", "description", "enabled"):
            setattr(domain, name, value)
    return Reply(200, {"domain": _view(request, domain)})


def delete(request: Request, domain_id: str) -> Reply:
    """DELETE /v3/domains/{domain_id}: only once it is disabled; users and projects in it go too."""
    state, domain = request.cloud.identity, _find(request, domain_id)
    if domain.enabled:
        raise ApiError(403, "Forbidden", "Cannot delete a domain that is enabled, please disable it first.")
    for user in state.users.where(domain_id=domain.id):
        state.forget_user(user.id)
    for project in state.projects.where(domain_id=domain.id):
        state.forget_project(project.id)
    state.domains.remove(domain.id)
    return Reply(204)


def _find(request: Request, domain_id: str) -> Domain:
    domain = request.cloud.identity.domains.get(domain_id)
    if domain is None:
        raise errors.not_found("domain", domain_id)
    return domain


def _view(request: Request, domain: Domain) -> Json:
    return {
        "id": domain.id,
        "name": domain.name,
        "description": domain.description,
        "enabled": domain.enabled,
        "tags": [],
        "options": {},
        **self_link(request, "domains", domain.id),
    }
