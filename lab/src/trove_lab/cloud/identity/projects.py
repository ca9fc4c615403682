"""Projects."""

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.identity import errors, tokens
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import Assignment, Project
from trove_lab.cloud.identity.views import listed, self_link
from trove_lab.cloud.ids import new_hex

SCHEMA: Json = {
    "type": "object",
    "required": ["project"],
    "properties": {
        "project": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 64},
                "domain_id": {"type": "string"},
                "description": {"type": "string"},
                "enabled": {"type": "boolean"},
                "tags": {"type": "array", "items": {"type": "string"}},
            },
        }
    },
}


def index(request: Request) -> Reply:
    """GET /v3/projects. Who has a token for a domain sees those in it."""
    wanted = {name: value for name, value in request.args.items() if name in ("name", "domain_id")}
    projects = tokens.in_domain_scope(request, request.cloud.identity.projects.where(**wanted))
    return listed(request, "projects", [_view(request, each) for each in projects])


def index_own(request: Request) -> Reply:
    """GET /v3/auth/projects: those to which the caller could scope a token."""
    projects = request.cloud.identity.projects_of(request.caller.user_id)
    return listed(request, "projects", [_view(request, each) for each in projects])


def index_of_user(request: Request, user_id: str) -> Reply:
    """GET /v3/users/{user_id}/projects."""
    if not request.caller.is_admin and request.caller.user_id != user_id:
        raise errors.forbidden("identity:list_user_projects")
    projects = request.cloud.identity.projects_of(user_id)
    return listed(request, "projects", [_view(request, each) for each in projects])


def create(request: Request) -> Reply:
    """POST /v3/projects."""
    given = request.object["project"]
    if "name" not in given:
        raise errors.invalid("", "", "'name' is a required property")
    projects = request.cloud.identity.projects
    domain_id = given.get("domain_id") or tokens.domain_scope(request) or request.caller.domain_id
    if domain_id not in request.cloud.identity.domains:
        raise errors.not_found("domain", domain_id)
    if projects.where(name=given["name"], domain_id=domain_id):
        raise errors.conflict("project", given["name"])
    project = Project(id=new_hex(), name=given["name"], domain_id=domain_id)
    return Reply(201, {"project": _view(request, _change(projects.add(project), given))})


def show(request: Request, project_id: str) -> Reply:
    """GET /v3/projects/{project_id}: the caller's own, or any for an administrator."""
    if not request.caller.sees(project_id):
        raise errors.forbidden("identity:get_project")
    return Reply(200, {"project": _view(request, _find(request, project_id))})


def update(request: Request, project_id: str) -> Reply:
    """PATCH /v3/projects/{project_id}."""
    project = _change(_find(request, project_id), request.object["project"])
    return Reply(200, {"project": _view(request, project)})


def delete(request: Request, project_id: str) -> Reply:
    """DELETE /v3/projects/{project_id}. What other services hold for it stays, as in a real cloud."""
    request.cloud.identity.forget_project(_find(request, project_id).id)
    return Reply(204)


def grant(request: Request, project_id: str, user_id: str, role_id: str) -> Reply:
    """PUT /v3/projects/{project_id}/users/{user_id}/roles/{role_id}."""
    request.cloud.identity.assignments.add(_assignment(request, project_id, user_id, role_id))
    return Reply(204)


def check_grant(request: Request, project_id: str, user_id: str, role_id: str) -> Reply:
    """HEAD /v3/projects/{project_id}/users/{user_id}/roles/{role_id}."""
    if _assignment(request, project_id, user_id, role_id) not in request.cloud.identity.assignments:
        raise errors.not_found("role assignment with role", role_id)
    return Reply(204)


def revoke(request: Request, project_id: str, user_id: str, role_id: str) -> Reply:
    """DELETE /v3/projects/{project_id}/users/{user_id}/roles/{role_id}."""
    check_grant(request, project_id, user_id, role_id)
    request.cloud.identity.assignments.discard(_assignment(request, project_id, user_id, role_id))
    return Reply(204)


def _assignment(request: Request, project_id: str, user_id: str, role_id: str) -> Assignment:
    state = request.cloud.identity
    if user_id not in state.users:
        raise errors.not_found("user", user_id)
    if role_id not in state.roles:
        raise errors.not_found("role", role_id)
    return Assignment(user_id, _find(request, project_id).id, role_id)


def _find(request: Request, project_id: str) -> Project:
    project = request.cloud.identity.projects.get(project_id)
    if project is None:
        raise errors.not_found("project", project_id)
    return project


def _change(project: Project, given: Json) -> Project:
    for name in ("name", "description", "enabled", "tags"):
        if name in given:
            setattr(project, name, given[name])
    return project


def _view(request: Request, project: Project) -> Json:
    return {
        "id": project.id,
        "name": project.name,
        "domain_id": project.domain_id,
        "description": project.description,
        "enabled": project.enabled,
        "parent_id": project.domain_id,
        "is_domain": False,
        "tags": project.tags,
        "options": {},
        **self_link(request, "projects", project.id),
    }
