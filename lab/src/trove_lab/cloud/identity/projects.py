"""Projects."""

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.identity import errors, tokens
from trove_lab.cloud.identity.lookups import find
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import Project
from trove_lab.cloud.identity.views import filters, listed, named_view
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
    """GET /v3/projects. With a token for a domain, the projects of that domain."""
    projects = request.cloud.identity.projects.where(**filters(request, "name", "domain_id"))
    projects = tokens.in_domain_scope(request, projects)
    return listed(request, "projects", [_view(request, each) for each in projects])


def index_own(request: Request) -> Reply:
    """GET /v3/auth/projects: those that the caller could scope a token to."""
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
    given, projects = request.object["project"], request.cloud.identity.projects
    domain_id = tokens.domain_of_new(request, projects, "project", given)
    project = Project(id=new_hex(), name=given["name"], domain_id=domain_id)
    return Reply(201, {"project": _view(request, _change(projects.add(project), given))})


def show(request: Request, project_id: str) -> Reply:
    """GET /v3/projects/{project_id}: the caller's own; any project for an administrator."""
    if not request.caller.sees(project_id):
        raise errors.forbidden("identity:get_project")
    return Reply(200, {"project": _view(request, find(request.cloud.identity.projects, "project", project_id))})


def update(request: Request, project_id: str) -> Reply:
    """PATCH /v3/projects/{project_id}."""
    project = _change(find(request.cloud.identity.projects, "project", project_id), request.object["project"])
    return Reply(200, {"project": _view(request, project)})


def delete(request: Request, project_id: str) -> Reply:
    """DELETE /v3/projects/{project_id}. As in a real cloud, its resources in other services remain."""
    request.cloud.identity.remove_project(find(request.cloud.identity.projects, "project", project_id).id)
    return Reply(204)


def _change(project: Project, given: Json) -> Project:
    for name in ("name", "description", "enabled", "tags"):
        if name in given:
            setattr(project, name, given[name])
    return project


def _view(request: Request, project: Project) -> Json:
    return {
        **named_view(request, "projects", project),
        "domain_id": project.domain_id,
        "enabled": project.enabled,
        "parent_id": project.domain_id,
        "is_domain": False,
        "tags": project.tags,
    }
