"""Tokens: authentication, validation, revocation, and the caller of a request."""

import base64
import secrets
from collections.abc import Iterable
from typing import Protocol, TypeVar

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.http import ApiError, Caller, Json, Reply
from trove_lab.cloud.identity import catalog, errors, scopes
from trove_lab.cloud.identity.lookups import domain_id_of, find, named
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import State, Token, User
from trove_lab.cloud.table import Row, Table

LIFETIME = 24 * 3600.0
"""How many seconds a token is valid."""

_PRECISE = "%Y-%m-%dT%H:%M:%S.000000Z"


def caller(request: Request) -> Caller | None:
    """Return the sender of the request, or None when the token is missing, unknown or expired."""
    token = _valid(request, request.headers.get("X-Auth-Token", ""))
    if token is None:
        return None
    try:
        scopes.check_trust(request, token)
    except ApiError:
        return None
    return token.caller


def bearer(request: Request) -> Token:
    """Return the token of the request."""
    token = request.cloud.identity.tokens.get(request.caller.token)
    if token is None:
        raise AssertionError("a request without a token is rejected before the handler is called")
    return token


def domain_scope(request: Request) -> str | None:
    """Return the id of the domain that the request's token is scoped to, or None."""
    return bearer(request).domain_id


class _InDomain(Row, Protocol):
    domain_id: str


R = TypeVar("R", bound=_InDomain)


def in_domain_scope(request: Request, rows: Iterable[R]) -> list[R]:
    """Return the rows in the domain that the request's token is scoped to; all rows if it has no such scope."""
    scope = domain_scope(request)
    return [row for row in rows if scope in (None, row.domain_id)]


def domain_of_new(request: Request, table: Table[R], kind: str, given: Json) -> str:
    """Return the id of the domain in which a user or project is created.

    Raise an ApiError when ``given`` has no name, the domain is unknown, or the name is taken in it.
    """
    if "name" not in given:
        raise errors.invalid("", "", "'name' is a required property")
    domain_id = given.get("domain_id") or domain_scope(request) or request.caller.domain_id
    find(request.cloud.identity.domains, "domain", domain_id)
    if table.where(name=given["name"], domain_id=domain_id):
        raise errors.conflict(kind, given["name"])
    return str(domain_id)


def create(request: Request) -> Reply:
    """POST /v3/auth/tokens: by password or token; scoped to a project, a domain or a trust, or unscoped."""
    auth = request.object.get("auth")
    if not isinstance(auth, dict):
        raise errors.expecting("auth", "request body")
    identity = auth.get("identity")
    if not isinstance(identity, dict) or not isinstance(identity.get("methods"), list):
        raise errors.invalid("", "", "'identity' is a required property")
    state = request.cloud.identity
    user, parent = _authenticate(request, identity)
    scope = scopes.find(request, auth.get("scope"), user, parent)
    now = request.cloud.clock.now()
    token_id = secrets.token_urlsafe(24)
    methods = tuple(identity["methods"]) + (parent.methods if parent else ())
    expiries = [parent.expires_at if parent else now + LIFETIME]
    if scope.trust and scope.trust.expires_at:
        expiries.append(scope.trust.expires_at)
    token = Token(
        id=token_id,
        caller=Caller(
            token=token_id,
            user_id=scope.user.id,
            user_name=scope.user.name,
            domain_id=scope.user.domain_id,
            project_id=scope.project_id,
            roles=frozenset(role.name for role in scope.roles),
        ),
        methods=tuple(dict.fromkeys(methods)),
        audit_ids=(_audit_id(), *(parent.audit_ids[-1:] if parent else ())),
        issued_at=now,
        expires_at=min(expiries),
        domain_id=scope.domain_id,
        trust_id=scope.trust.id if scope.trust else None,
    )
    state.tokens.add(token)
    return Reply(201, {"token": _view(request, token)}, {"X-Subject-Token": token.id})


def show(request: Request) -> Reply:
    """GET /v3/auth/tokens: the token in X-Subject-Token."""
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
    scopes.check_trust(request, token)
    own = token.caller.user_id == request.caller.user_id
    if not own and not request.caller.roles & {"admin", "service"}:
        raise errors.forbidden("identity:validate_token")
    return token


def _authenticate(request: Request, identity: Json) -> tuple[User, Token | None]:
    """Return the user, and the token by which the user authenticated, if any."""
    methods = identity["methods"]
    for method in methods:
        if not isinstance(identity.get(method), dict):
            raise errors.expecting(str(method), "identity")
    state = request.cloud.identity
    if methods == ["token"]:
        parent = _valid(request, str(identity["token"].get("id")))
        if parent is None:
            raise ApiError(404, "Not Found", "Failed to validate token")
        if parent.trust_id:
            raise errors.forbidden(scopes.ONE_TOKEN_A_TRUST)
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
    domain_id = domain_id_of(state, given, "user")
    return next(iter(state.users.where(name=given["name"], domain_id=domain_id)), None)


def _view(request: Request, token: Token) -> Json:
    state = request.cloud.identity
    user = state.users.get(token.caller.user_id)
    if user is None:
        raise ApiError(404, "Not Found", "Failed to validate token")
    view: Json = {
        "methods": list(token.methods),
        "user": {
            "domain": named(state, user.domain_id),
            "id": user.id,
            "name": user.name,
            "password_expires_at": None,
        },
        "audit_ids": list(token.audit_ids),
        "expires_at": timestamp(token.expires_at, form=_PRECISE),
        "issued_at": timestamp(token.issued_at, form=_PRECISE),
    }
    view.update(scopes.view(request, token))
    if token.caller.project_id or token.domain_id:
        view["roles"] = [{"id": role.id, "name": role.name} for role in scopes.roles(state, token)]
        if "nocatalog" not in request.args:
            view["catalog"] = catalog.view(request, token.caller.project_id)
    return view


def _audit_id() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
