"""Trusts: what a user allows another user to do on its behalf.

Source: https://docs.openstack.org/api-ref/identity/v3-ext/#os-trust-api and exchanges with Keystone 30.0.0. A trust
cannot be delegated again here.
"""

from datetime import UTC, datetime

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.identity import errors, roles, tokens
from trove_lab.cloud.identity.request import Request
from trove_lab.cloud.identity.state import Trust
from trove_lab.cloud.identity.views import listed, self_link
from trove_lab.cloud.ids import new_hex

SCHEMA: Json = {
    "type": "object",
    "required": ["trust"],
    "properties": {
        "trust": {
            "type": "object",
            "required": ["trustor_user_id", "trustee_user_id", "impersonation"],
            "properties": {
                "trustor_user_id": {"type": "string"},
                "trustee_user_id": {"type": "string"},
                "impersonation": {"type": "boolean"},
                "project_id": {"type": ["string", "null"]},
                "expires_at": {"type": ["string", "null"]},
                "remaining_uses": {"type": ["integer", "null"], "minimum": 1},
                "allow_redelegation": {"enum": [False, None]},
                "roles": {"type": "array", "items": {"type": "object"}},
            },
        }
    },
}
_FORMS = ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ")
_PRECISE = "%Y-%m-%dT%H:%M:%S.000000Z"


def index(request: Request) -> Reply:
    """GET /v3/OS-TRUST/trusts: the caller's, by ``trustor_user_id`` or ``trustee_user_id``; all for administrators."""
    wanted: dict[str, str] = {}
    for name, policy in (
        ("trustor_user_id", "list_trusts_for_trustor"),
        ("trustee_user_id", "list_trusts_for_trustee"),
    ):
        if name in request.args and not wanted:
            wanted[name] = request.args[name]
            if not request.caller.is_admin and wanted[name] != request.caller.user_id:
                raise errors.forbidden(f"identity:{policy}")
    if not wanted and not request.caller.is_admin:
        raise errors.forbidden("identity:list_trusts")
    usable = [each for each in request.cloud.identity.trusts.where(**wanted) if _is_usable(request, each)]
    return listed(request, "trusts", [_summary(request, each) for each in usable])


def create(request: Request) -> Reply:
    """POST /v3/OS-TRUST/trusts: only by the trustor."""
    given, state = request.object["trust"], request.cloud.identity
    if tokens.bearer(request).trust_id:
        raise errors.refused()
    if given["trustor_user_id"] != request.caller.user_id:
        raise errors.forbidden("identity:create_trust")
    project_id = given.get("project_id")
    if project_id and not given.get("roles"):
        raise errors.forbidden("At least one role should be specified")
    if given["trustee_user_id"] not in state.users:
        raise errors.not_found("user", given["trustee_user_id"])
    trust = Trust(
        id=new_hex(),
        trustor_user_id=request.caller.user_id,
        trustee_user_id=given["trustee_user_id"],
        project_id=project_id,
        impersonation=given["impersonation"],
        role_ids=_role_ids(request, given.get("roles", []), project_id),
        expires_at=_expiry(request, given.get("expires_at")),
        remaining_uses=given.get("remaining_uses"),
    )
    return Reply(201, {"trust": _view(request, state.trusts.add(trust))})


def show(request: Request, trust_id: str) -> Reply:
    """GET /v3/OS-TRUST/trusts/{trust_id}: for its trustor, its trustee and administrators."""
    return Reply(200, {"trust": _view(request, _find(request, trust_id))})


def delete(request: Request, trust_id: str) -> Reply:
    """DELETE /v3/OS-TRUST/trusts/{trust_id}: by its trustor or an administrator. Its tokens become invalid at once."""
    trust = _find(request, trust_id, "identity:delete_trust", trustee=False)
    request.cloud.identity.trusts.remove(trust.id)
    return Reply(204)


def index_roles(request: Request, trust_id: str) -> Reply:
    """GET /v3/OS-TRUST/trusts/{trust_id}/roles."""
    trust = _find(request, trust_id, "identity:list_roles_for_trust")
    return Reply(200, {"roles": _roles(request, trust), "links": _roles_links(request, trust)})


def show_role(request: Request, trust_id: str, role_id: str) -> Reply:
    """GET /v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}."""
    found = [
        role
        for role in _roles(request, _find(request, trust_id, "identity:get_role_for_trust"))
        if role["id"] == role_id
    ]
    if not found:
        raise errors.not_found("role", role_id)
    return Reply(200, {"role": found[0]})


def _find(request: Request, trust_id: str, policy: str = "identity:get_trust", *, trustee: bool = True) -> Trust:
    trust = request.cloud.identity.trusts.get(trust_id)
    if trust is None or not _is_usable(request, trust):
        raise errors.not_found("trust", trust_id)
    parties = {trust.trustor_user_id, trust.trustee_user_id} if trustee else {trust.trustor_user_id}
    if not request.caller.is_admin and request.caller.user_id not in parties:
        raise errors.forbidden(policy)
    return trust


def _is_usable(request: Request, trust: Trust) -> bool:
    """Return whether the trust can still give a token. Keystone hides trusts that cannot."""
    expired = trust.expires_at is not None and trust.expires_at <= request.cloud.clock.now()
    return not expired and trust.remaining_uses != 0


def _role_ids(request: Request, given: list[Json], project_id: str | None) -> tuple[str, ...]:
    """Return the ids of the roles given by id or name. The trustor must have all of them on the project."""
    state = request.cloud.identity
    if project_id and project_id not in state.projects:
        raise errors.not_found("project", project_id)
    held = {role.id for role in state.roles_of(request.caller.user_id, project_id or "")}
    ids = []
    for role in given:
        named = [each.id for each in state.roles.where(name=role.get("name"))]
        if "id" not in role and not named:
            raise ApiError(404, "Not Found", f"Role {role.get('name')} is not defined")
        ids.append(role.get("id") or named[0])
    for role_id in ids:
        if role_id not in held:
            raise errors.not_found("role", role_id)
    return tuple(ids)


def _expiry(request: Request, text: str | None) -> float | None:
    if text is None:
        return None
    for form in _FORMS:
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
        if moment < request.cloud.clock.now():
            raise errors.malformed("The 'expires_at' must not be before now.")
        return moment
    raise errors.malformed("Timestamp not in expected format.")


def _view(request: Request, trust: Trust) -> Json:
    return {
        "roles": _roles(request, trust),
        "roles_links": _roles_links(request, trust),
        **_summary(request, trust),
    }


def _summary(request: Request, trust: Trust) -> Json:
    return {
        "id": trust.id,
        "trustor_user_id": trust.trustor_user_id,
        "trustee_user_id": trust.trustee_user_id,
        "project_id": trust.project_id,
        "impersonation": trust.impersonation,
        "expires_at": None if trust.expires_at is None else timestamp(trust.expires_at, form=_PRECISE),
        "remaining_uses": trust.remaining_uses,
        "deleted_at": None,
        "redelegated_trust_id": None,
        "redelegation_count": 0,
        **self_link(request, "OS-TRUST/trusts", trust.id),
    }


def _roles(request: Request, trust: Trust) -> list[Json]:
    state = request.cloud.identity
    return [roles.view(request, role) for role in state.roles if role.id in trust.role_ids]


def _roles_links(request: Request, trust: Trust) -> Json:
    return {"self": request.link(f"/v3/{trust.id}/roles"), "next": None, "previous": None}
