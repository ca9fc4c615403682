"""Server groups."""

from trove_lab.cloud.compute import errors, quotas
from trove_lab.cloud.compute.parameters import NAME, POSITIVE, body
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import ServerGroup
from trove_lab.cloud.compute.validation import ANY, LIMIT, query
from trove_lab.cloud.compute.validation import body as checked
from trove_lab.cloud.compute.views import MAX_LIMIT
from trove_lab.cloud.http import Json, Reply, Version
from trove_lab.cloud.ids import new_uuid

_HARD = ["anti-affinity", "affinity"]
_SOFT = ["soft-anti-affinity", "soft-affinity"]


def _with_policies(known: list[str]) -> Json:
    policies = {"type": "array", "minItems": 1, "maxItems": 1, "items": {"type": "string", "enum": known}}
    return body("server_group", {"name": NAME, "policies": policies}, ("name", "policies"))


_RULES: Json = {"type": "object", "properties": {"max_server_per_host": POSITIVE}, "additionalProperties": False}
_SCHEMAS: dict[Version, Json] = {
    (2, 1): _with_policies(_HARD),
    (2, 15): _with_policies([*_HARD, *_SOFT]),
    (2, 64): body(
        "server_group",
        {"name": NAME, "policy": {"type": "string", "enum": [*_HARD, *_SOFT]}, "rules": _RULES},
        ("name", "policy"),
    ),
}


def index(request: Request) -> Reply:
    """GET /os-server-groups: those of the project; with ``all_projects`` all of them, for an administrator."""
    query(request, {"all_projects": ANY, "limit": LIMIT, "offset": LIMIT}, strict_since=(2, 75))
    rows = list(request.cloud.compute.server_groups)
    if not (request.caller.is_admin and "all_projects" in request.args):
        rows = [group for group in rows if group.project_id == request.project_id]
    offset = int(request.args.get("offset", 0))
    limit = min(int(request.args.get("limit", MAX_LIMIT)), MAX_LIMIT)
    return Reply(200, {"server_groups": [_view(request, group) for group in rows[offset : offset + limit]]})


def create(request: Request) -> Reply:
    """POST /os-server-groups."""
    given = checked(request, _SCHEMAS)["server_group"]
    state = request.cloud.compute
    quotas.check_server_groups(state, request.project_id)
    policy = given["policy"] if request.at_least((2, 64)) else given["policies"][0]
    rules = given.get("rules", {})
    if rules and policy != "anti-affinity":
        raise errors.bad_request("Only anti-affinity policy supports rules.")
    group = ServerGroup(
        id=new_uuid(),
        name=given["name"],
        project_id=request.project_id,
        user_id=request.caller.user_id,
        policy=policy,
        rules={name: int(value) for name, value in rules.items()},
    )
    return Reply(200, {"server_group": _view(request, state.server_groups.add(group))})


def show(request: Request, group_id: str) -> Reply:
    """GET /os-server-groups/{group_id}."""
    return Reply(200, {"server_group": _view(request, _find(request, group_id))})


def delete(request: Request, group_id: str) -> Reply:
    """DELETE /os-server-groups/{group_id}: allowed while it has members, which remain."""
    request.cloud.compute.server_groups.remove(_find(request, group_id).id)
    return Reply(204)


def _find(request: Request, group_id: str) -> ServerGroup:
    group = request.cloud.compute.server_groups.get(group_id)
    if group is None or not request.caller.sees(group.project_id):
        raise errors.not_found(f"Instance group {group_id} could not be found.")
    return group


def _view(request: Request, group: ServerGroup) -> Json:
    servers = request.cloud.compute.servers
    members = [each for each in (servers.get(member) for member in group.members) if each]
    view: Json = {"id": group.id, "name": group.name}
    if request.at_least((2, 64)):
        view |= {"policy": group.policy, "rules": dict(group.rules)}
    else:
        view |= {"policies": [group.policy], "metadata": {}}
    view["members"] = [server.id for server in members if server.deleted_at is None]
    if request.at_least((2, 13)):
        view |= {"project_id": group.project_id, "user_id": group.user_id}
    return view
