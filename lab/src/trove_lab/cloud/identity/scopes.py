"""The scope of a token: a project, a domain, what a trust allows, or nothing."""

from dataclasses import dataclass

from trove_lab.cloud.http import Json
from trove_lab.cloud.identity import errors
from trove_lab.cloud.identity.lookups import domain_id_of, find_domain_id, named
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import Project, Role, State, Token, Trust, User

ONE_TOKEN_A_TRUST = "Using trust-scoped token to create another token. Create a new trust-scoped token instead"  # noqa: S105 - a refusal
_TRUST = "OS-TRUST:trust"
_KINDS = "system, project, domain, OS-TRUST:trust or unscoped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The scope of a new token."""

    user: User
    """The user whom the token represents: with impersonation, the trustor."""
    project_id: str | None = None
    domain_id: str | None = None
    trust: Trust | None = None
    roles: tuple[Role, ...] = ()


def find(request: Request, scope: object, user: User, parent: Token | None) -> Scope:
    """Return the scope that ``auth.scope`` asks for. Raise an ApiError when the user may not have it."""
    state = request.cloud.identity
    if scope == "unscoped":
        return Scope(user=user)
    if scope is None:
        default = (parent and parent.caller.project_id) or user.default_project_id
        return _project(state, user, state.projects.get(default)) if default else Scope(user=user)
    if not isinstance(scope, dict):
        raise errors.unauthorized()
    if len(scope) != 1:
        raise errors.expecting(_KINDS, "scope")
    kind, given = next(iter(scope.items()))
    if kind not in ("project", "domain", _TRUST) or not isinstance(given, dict):
        raise errors.unauthorized()
    if kind == "domain":
        return _domain(state, user, given)
    if kind == _TRUST:
        return _trust(request, user, given)
    return _project(state, user, _find_project(state, given))


def roles(state: State, token: Token) -> list[Role]:
    """Return the roles that a token gives now."""
    if token.trust_id:
        trust = state.trusts.get(token.trust_id)
        return state.with_implied(trust.role_ids) if trust else []
    if token.domain_id:
        return state.roles_of(token.caller.user_id, token.domain_id)
    return state.roles_of(token.caller.user_id, token.caller.project_id or "")


def check_trust(request: Request, token: Token) -> None:
    """Raise an ApiError when the token's trust is deleted, or its trustor has lost what the trust gives."""
    if token.trust_id is None:
        return
    trust = request.cloud.identity.trusts.get(token.trust_id)
    if trust is None:
        raise errors.not_found("trust", token.trust_id)
    _check_trustor(request.cloud.identity, trust)


def view(request: Request, token: Token) -> Json:
    """Return the scope of a token as the token shows it."""
    state, shown = request.cloud.identity, Json()
    project = state.projects.get(token.caller.project_id or "")
    if project:
        shown["project"] = {"domain": named(state, project.domain_id), "id": project.id, "name": project.name}
    if token.domain_id:
        shown["domain"] = named(state, token.domain_id)
    trust = state.trusts.get(token.trust_id or "")
    if trust:
        shown[_TRUST] = {
            "id": trust.id,
            "trustor_user": {"id": trust.trustor_user_id},
            "trustee_user": {"id": trust.trustee_user_id},
            "impersonation": trust.impersonation,
        }
    elif project:
        shown["is_domain"] = False
    return shown


def _project(state: State, user: User, project: Project | None) -> Scope:
    if project is None or not project.enabled:
        raise errors.unauthorized()
    granted = state.roles_of(user.id, project.id)
    if not granted:
        raise errors.unauthorized()
    return Scope(user=user, project_id=project.id, roles=tuple(granted))


def _find_project(state: State, given: Json) -> Project | None:
    if "name" in given:
        domain_id = domain_id_of(state, given, "project")
        return next(iter(state.projects.where(name=given["name"], domain_id=domain_id)), None)
    return state.projects.get(given["id"]) if "id" in given else None


def _domain(state: State, user: User, given: Json) -> Scope:
    domain = state.domains.get(find_domain_id(state, given) or "")
    granted = state.roles_of(user.id, domain.id) if domain and domain.enabled else []
    if domain is None or not granted:
        raise errors.unauthorized()
    return Scope(user=user, domain_id=domain.id, roles=tuple(granted))


def _trust(request: Request, user: User, given: Json) -> Scope:
    """Return the scope that a trust gives its trustee. Counts as one use of the trust."""
    state = request.cloud.identity
    if "id" not in given:
        raise errors.expecting("trust_id", "trust")
    trust = state.trusts.get(given["id"])
    if trust is None or (trust.expires_at is not None and trust.expires_at <= request.cloud.clock.now()):
        raise errors.unauthorized()
    if trust.trustee_user_id != user.id:
        raise errors.refused()
    trustor = _check_trustor(state, trust)
    if trust.remaining_uses is not None:
        if trust.remaining_uses == 0:
            raise errors.unauthorized()
        trust.remaining_uses -= 1
    granted = state.with_implied(trust.role_ids)
    acting = trustor if trust.impersonation else user
    return Scope(user=acting, project_id=trust.project_id, trust=trust, roles=tuple(granted))


def _check_trustor(state: State, trust: Trust) -> User:
    """Return the trustor. Raise an ApiError when the trustor has lost what the trust gives."""
    trustor = state.users.get(trust.trustor_user_id)
    held = {role.id for role in state.roles_of(trust.trustor_user_id, trust.project_id or "")}
    if trustor is None or not trustor.enabled or not held.issuperset(trust.role_ids):
        raise errors.refused()
    return trustor
