"""Users."""

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.identity import errors, tokens
from trove_lab.cloud.identity.lookups import find
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import User
from trove_lab.cloud.identity.views import filters, listed, self_link
from trove_lab.cloud.ids import new_hex

SCHEMA: Json = {
    "type": "object",
    "required": ["user"],
    "properties": {
        "user": {
            "type": "object",
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 255},
                "domain_id": {"type": "string"},
                "password": {"type": ["string", "null"]},
                "default_project_id": {"type": ["string", "null"]},
                "description": {"type": "string"},
                "email": {"type": ["string", "null"]},
                "enabled": {"type": "boolean"},
                "options": {"type": "object"},
            },
        }
    },
}


def index(request: Request) -> Reply:
    """GET /v3/users. With a token for a domain, the users of that domain."""
    users = request.cloud.identity.users.where(**filters(request, "name", "domain_id"))
    users = tokens.in_domain_scope(request, users)
    return listed(request, "users", [_view(request, each) for each in users])


def create(request: Request) -> Reply:
    """POST /v3/users."""
    given, users = request.object["user"], request.cloud.identity.users
    domain_id = tokens.domain_of_new(request, users, "user", given)
    user = User(id=new_hex(), name=given["name"], domain_id=domain_id, password=given.get("password") or "")
    return Reply(201, {"user": _view(request, _change(users.add(user), given))})


def show(request: Request, user_id: str) -> Reply:
    """GET /v3/users/{user_id}: the caller itself; any user for an administrator."""
    if not request.caller.is_admin and request.caller.user_id != user_id:
        raise errors.forbidden("identity:get_user")
    return Reply(200, {"user": _view(request, find(request.cloud.identity.users, "user", user_id))})


def update(request: Request, user_id: str) -> Reply:
    """PATCH /v3/users/{user_id}."""
    user = _change(find(request.cloud.identity.users, "user", user_id), request.object["user"])
    return Reply(200, {"user": _view(request, user)})


def delete(request: Request, user_id: str) -> Reply:
    """DELETE /v3/users/{user_id}: the user's tokens become invalid at once."""
    request.cloud.identity.remove_user(find(request.cloud.identity.users, "user", user_id).id)
    return Reply(204)


def index_groups(request: Request, user_id: str) -> Reply:
    """GET /v3/users/{user_id}/groups: always empty, as there are no groups."""
    find(request.cloud.identity.users, "user", user_id)
    return listed(request, "groups", [])


def _change(user: User, given: Json) -> User:
    for name in ("name", "password", "default_project_id", "description", "email", "enabled", "options"):
        if name in given:
            setattr(user, name, given[name])
    return user


def _view(request: Request, user: User) -> Json:
    optional = {"description": user.description, "email": user.email}
    return {
        "id": user.id,
        "name": user.name,
        "domain_id": user.domain_id,
        "enabled": user.enabled,
        "default_project_id": user.default_project_id,
        "password_expires_at": None,
        "options": user.options,
        **{name: value for name, value in optional.items() if value is not None},
        **self_link(request, "users", user.id),
    }
