"""Tokens: authentication, validation, revocation, and who a request's token speaks for."""

import base64
import secrets

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.http import ApiError, Caller, Json, Reply, Request
from trove_lab.cloud.identity import catalog, errors
from trove_lab.cloud.identity.state import Project, State, Token, User

LIFETIME = 24 * 3600.0
"""Seconds a token is valid."""

_PRECISE = "%Y-%m-%dT%H:%M:%S.000000Z"


def caller(request: Request) -> Caller | None:
    """Return who sends the request, or None when its token is missing, unknown or expired."""
    token = _valid(request, request.headers.get("X-Auth-Token", ""))
    return token.caller if token else None


def create(request: Request) -> Reply:
    """POST /v3/auth/tokens: by password or by token; scoped to a project or not."""
    auth = request.object.get("auth")
    if not isinstance(auth, dict):
        raise errors.expecting("auth", "request body")
    identity = auth.get("identity")
    if not isinstance(identity, dict) or not isinstance(identity.get("methods"), list):
        raise errors.invalid("", "", "'identity' is a required property")
    state = request.cloud.identity
    user, parent = _authenticate(request, identity)
    project = _scope(state, auth.get("scope"), user, parent)
    now = request.cloud.clock.now()
    roles = state.roles_of(user.id, project.id) if project else []
    if project and not roles:
        raise errors.unauthorized()
    token_id = secrets.token_urlsafe(24)
    methods = tuple(identity["methods"]) + (parent.methods if parent else ())
    token = Token(
        id=token_id,
        caller=Caller(
            token=token_id,
            user_id=user.id,
            user_name=user.name,
            domain_id=user.domain_id,
            project_id=project.id if project else None,
            roles=frozenset(role.name for role in roles),
        ),
        methods=tuple(dict.fromkeys(methods)),
        audit_ids=(_audit_id(), *(parent.audit_ids[-1:] if parent else ())),
        issued_at=now,
        expires_at=parent.expires_at if parent else now + LIFETIME,
    )
    state.tokens.add(token)
    return Reply(201, {"token": _view(request, token)}, {"X-Subject-Token": token.id})


def show(request: Request) -> Reply:
    """GET /v3/auth/tokens: whose the token in X-Subject-Token is."""
    token = _subject(request)
    return Reply(200, {"token": _view(request, token)}, {"X-Subject-Token": token.id})


def check(request: Request) -> Reply:
    """HEAD /v3/auth/tokens: whether the token in X-Subject-Token is valid."""
    return Reply(200, None, {"X-Subject-Token": _subject(request).id})


def revoke(request: Request) -> Reply:
    """DELETE /v3/auth/tokens."""
    request.cloud.identity.tokens.remove(_subject(request).id)
    return Reply(204)


def _valid(request: Request, token_id: str) -> Token | None:
    token = request.cloud.identity.tokens.get(token_id)
    return token if token and token.expires_at > request.cloud.clock.now() else None


def _subject(request: Request) -> Token:
    token_id = request.headers.get("X-Subject-Token")
    if not token_id:
        raise ApiError(404, "Not Found", "No token in the request")
    token = _valid(request, token_id)
    if token is None:
        raise ApiError(404, "Not Found", "Failed to validate token")
    own = token.caller.user_id == request.caller.user_id
    if not own and not request.caller.roles & {"admin", "service"}:
        raise errors.forbidden("identity:validate_token")
    return token


def _authenticate(request: Request, identity: Json) -> tuple[User, Token | None]:
    """Return the user, and the token with which they came, if any."""
    methods = identity["methods"]
    for method in methods:
        if not isinstance(identity.get(method), dict):
            raise errors.expecting(str(method), "identity")
    state = request.cloud.identity
    if methods == ["token"]:
        parent = _valid(request, str(identity["token"].get("id")))
        if parent is None:
            raise ApiError(404, "Not Found", "Failed to validate token")
        user = state.users.get(parent.caller.user_id)
    elif methods == ["password"]:
        parent, given = None, identity["password"].get("user")
        if not isinstance(given, dict) or not ("id" in given or "name" in given):
            raise errors.expecting("user", "password")
        user = _find_user(state, given)
        if user and user.password != given.get("password"):
            raise errors.unauthorized()
    else:
        raise ApiError(401, "Unauthorized", "Attempted to authenticate with an unsupported method.")
    if user is None or not user.enabled:
        raise errors.unauthorized()
    return user, parent


def _find_user(state: State, given: Json) -> User | None:
    if "id" in given:
        return state.users.get(given["id"])
    domain_id = _domain_id(state, given, "user")
    return next(iter(state.users.where(name=given["name"], domain_id=domain_id)), None)


def _domain_id(state: State, given: Json, where: str) -> str | None:
    domain = given.get("domain")
    if not isinstance(domain, dict):
        raise errors.expecting("domain", where)
    named = [each.id for each in state.domains if each.id == domain.get("id") or each.name == domain.get("name")]
    return named[0] if named else None


def _scope(state: State, scope: object, user: User, parent: Token | None) -> Project | None:
    if scope == "unscoped":
        return None
    if scope is None:
        default = (parent and parent.caller.project_id) or user.default_project_id
        return state.projects.get(default) if default else None
    given = scope.get("project") if isinstance(scope, dict) else None
    if not isinstance(given, dict):
        raise errors.unauthorized()
    project = state.projects.get(given["id"]) if "id" in given else None
    if "name" in given:
        domain_id = _domain_id(state, given, "project")
        project = next(iter(state.projects.where(name=given["name"], domain_id=domain_id)), None)
    if project is None or not project.enabled:
        raise errors.unauthorized()
    return project


def _view(request: Request, token: Token) -> Json:
    state = request.cloud.identity
    user = state.users.get(token.caller.user_id)
    if user is None:
        raise ApiError(404, "Not Found", "Failed to validate token")
    view: Json = {
        "methods": list(token.methods),
        "user": {
            "domain": _named(state, user.domain_id),
            "id": user.id,
            "name": user.name,
            "password_expires_at": None,
        },
        "audit_ids": list(token.audit_ids),
        "expires_at": timestamp(token.expires_at, form=_PRECISE),
        "issued_at": timestamp(token.issued_at, form=_PRECISE),
    }
    project = state.projects.get(token.caller.project_id or "")
    if project:
        view["project"] = {"domain": _named(state, project.domain_id), "id": project.id, "name": project.name}
        view["is_domain"] = False
        view["roles"] = [{"id": role.id, "name": role.name} for role in state.roles_of(user.id, project.id)]
        if "nocatalog" not in request.args:
            view["catalog"] = catalog.view(request, project.id)
    return view


def _named(state: State, domain_id: str) -> Json:
    domain = state.domains.get(domain_id)
    return {"id": domain_id, "name": domain.name if domain else domain_id}


def _audit_id() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
