"""Quotas of projects. -1 means unlimited."""

from collections.abc import Mapping

from trove_lab.cloud.compute import errors
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Flavor, State
from trove_lab.cloud.compute.validation import body
from trove_lab.cloud.http import Json, Reply

DEFAULTS = {
    "cores": 20,
    "fixed_ips": -1,
    "floating_ips": -1,
    "injected_file_content_bytes": 10240,
    "injected_file_path_bytes": 255,
    "injected_files": 5,
    "instances": 10,
    "key_pairs": 100,
    "metadata_items": 128,
    "ram": 50 * 1024,
    "security_group_rules": -1,
    "security_groups": -1,
    "server_group_members": 10,
    "server_groups": 10,
}
"""Nova's defaults: https://docs.openstack.org/nova/latest/configuration/config.html#quota"""
_NETWORKS = ("fixed_ips", "floating_ips", "security_group_rules", "security_groups")
_FILES = ("injected_file_content_bytes", "injected_file_path_bytes", "injected_files")


def limits(state: State, project_id: str) -> dict[str, int]:
    """Return the project's limit for each resource."""
    return {**DEFAULTS, **state.quotas.get(project_id, {})}


def used(state: State, project_id: str) -> dict[str, int]:
    """Return the project's usage of each resource that is counted per project."""
    flavors = [server.flavor for server in state.undeleted(project_id=project_id)]
    return {
        "instances": len(flavors),
        "cores": sum(flavor.vcpus for flavor in flavors),
        "ram": sum(flavor.ram for flavor in flavors),
        "server_groups": len(state.server_groups.where(project_id=project_id)),
    }


def check_servers(state: State, project_id: str, flavor: Flavor, *, least: int, most: int) -> int:
    """Return how many servers, from ``least`` to ``most``, fit the quota. Raise ApiError 403 when fewer do."""
    one = {"instances": 1, "cores": flavor.vcpus, "ram": flavor.ram}
    _check(state, project_id, {name: need * least for name, need in one.items()})
    allowed, there = limits(state, project_id), used(state, project_id)
    room = [(allowed[name] - there[name]) // need for name, need in one.items() if allowed[name] >= 0 and need]
    return min([most, *room])


def check_resize(state: State, project_id: str, old: Flavor, new: Flavor) -> None:
    """Reject a larger flavor that exceeds the quota."""
    _check(state, project_id, {"cores": max(0, new.vcpus - old.vcpus), "ram": max(0, new.ram - old.ram)})


def check_metadata(state: State, project_id: str, count: int) -> None:
    """Reject metadata items on a server that exceed the quota."""
    limit = limits(state, project_id)["metadata_items"]
    if 0 <= limit < count:
        raise errors.over_quota(f"Maximum number of metadata items exceeds {limit}")


def check_server_groups(state: State, project_id: str) -> None:
    """Reject a server group that exceeds the quota."""
    limit = limits(state, project_id)["server_groups"]
    if 0 <= limit < used(state, project_id)["server_groups"] + 1:
        raise errors.over_quota("Quota exceeded, too many server groups.")


def check_group_members(state: State, project_id: str, members: int) -> None:
    """Reject members of a server group that exceed the quota."""
    limit = limits(state, project_id)["server_group_members"]
    if 0 <= limit < members:
        raise errors.over_quota("Quota exceeded, too many servers in group")


def check_keypairs(state: State, project_id: str, user_id: str) -> None:
    """Reject a key pair that exceeds the user's quota."""
    limit = limits(state, project_id)["key_pairs"]
    if 0 <= limit < len(state.keypairs.where(user_id=user_id)) + 1:
        raise errors.over_quota("Quota exceeded, too many key pairs.")


def _over(state: State, project_id: str, wanted: Mapping[str, int]) -> list[str]:
    """Return the resources whose quota would be exceeded."""
    allowed, there = limits(state, project_id), used(state, project_id)
    return sorted(name for name, count in wanted.items() if count and 0 <= allowed[name] < there[name] + count)


def _check(state: State, project_id: str, wanted: Mapping[str, int]) -> None:
    over = _over(state, project_id, wanted)
    if not over:
        return
    allowed, there = limits(state, project_id), used(state, project_id)
    asked, taken, limit = (", ".join(str(each[name]) for name in over) for each in (wanted, there, allowed))
    names = ", ".join(over)
    raise errors.over_quota(
        f"Quota exceeded for {names}: Requested {asked}, but already used {taken} of {limit} {names}"
    )


def show(request: Request, project_id: str) -> Reply:
    """GET /os-quota-sets/{project_id}."""
    _admit(request, project_id, "show")
    return Reply(200, {"quota_set": {"id": project_id, **_view(request, project_id)}})


def show_defaults(request: Request, project_id: str) -> Reply:
    """GET /os-quota-sets/{project_id}/defaults."""
    known = {name: DEFAULTS[name] for name in _names(request)}
    return Reply(200, {"quota_set": {"id": project_id, **known}})


def show_detail(request: Request, project_id: str) -> Reply:
    """GET /os-quota-sets/{project_id}/detail: with usage."""
    _admit(request, project_id, "detail")
    there = used(request.cloud.compute, project_id)
    detail = {
        name: {"limit": limit, "in_use": there.get(name, 0), "reserved": 0}
        for name, limit in _view(request, project_id).items()
    }
    return Reply(200, {"quota_set": {"id": project_id, **detail}})


def update(request: Request, project_id: str) -> Reply:
    """PUT /os-quota-sets/{project_id}."""
    state = request.cloud.compute
    given = body(request, _schema(request))["quota_set"]
    force = str(given.pop("force", False)).lower() == "true"
    given.pop("tenant_id", None)
    there = used(state, project_id)
    for name, value in given.items():
        if not force and 0 <= int(value) < there.get(name, 0):
            raise errors.bad_request(
                f"Quota limit {value} for {name} must be greater than or equal to already used and reserved"
                f" {there[name]}."
            )
    state.quotas.setdefault(project_id, {}).update({name: int(value) for name, value in given.items()})
    return Reply(200, {"quota_set": _view(request, project_id)})


def delete(request: Request, project_id: str) -> Reply:
    """DELETE /os-quota-sets/{project_id}: restores the defaults."""
    request.cloud.compute.quotas.pop(project_id, None)
    return Reply(202)


def _admit(request: Request, project_id: str, policy: str) -> None:
    if not request.caller.sees(project_id):
        raise errors.forbidden(f"os_compute_api:os-quota-sets:{policy}")


def _names(request: Request) -> list[str]:
    left_out = (_NETWORKS if request.at_least((2, 36)) else ()) + (_FILES if request.at_least((2, 57)) else ())
    return [name for name in DEFAULTS if name not in left_out]


def _view(request: Request, project_id: str) -> dict[str, int]:
    allowed = limits(request.cloud.compute, project_id)
    return {name: allowed[name] for name in _names(request)}


def _schema(request: Request) -> Json:
    limit: Json = {"type": ["integer", "string"], "pattern": "^-?[0-9]+$", "minimum": -1, "maximum": 0x7FFFFFFF}
    properties: Json = dict.fromkeys(_names(request), limit)
    quota: Json = {
        "type": "object",
        "properties": {**properties, "force": {"type": ["boolean", "string"]}, "tenant_id": {"type": "string"}},
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"quota_set": quota},
        "required": ["quota_set"],
        "additionalProperties": False,
    }
