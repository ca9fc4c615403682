"""Lists of servers: filters, sorting, marker."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.compute import errors, states
from trove_lab.cloud.compute.parameters import truth
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.compute.validation import ANY, DATE, REGEX, moment
from trove_lab.cloud.http import Json
from trove_lab.cloud.network import internal_api as network

_FOR_EVERYBODY = ("reservation_id", "name", "status", "image", "flavor", "ip", "changes-since", "all_tenants")
_FOR_EVERYBODY_SINCE = (
    ((2, 5), ("ip6",)),
    ((2, 26), ("tags", "tags-any", "not-tags", "not-tags-any")),
    ((2, 66), ("changes-before",)),
    ((2, 73), ("locked",)),
    (
        (2, 83),
        (
            *("availability_zone", "config_drive", "key_name", "created_at", "launched_at", "terminated_at"),
            *("power_state", "task_state", "vm_state", "progress", "user_id"),
        ),
    ),
    ((2, 90), ("hostname",)),
)
_PLAIN = (
    *("user_id", "project_id", "tenant_id", "launch_index", "image_ref", "image", "vm_state", "task_state", "host"),
    *("uuid", "all_tenants", "soft_deleted", "deleted", "status"),
)
_REGEXES = (
    *("kernel_id", "ramdisk_id", "hostname", "key_name", "power_state", "node", "flavor", "reservation_id"),
    *("launched_at", "terminated_at", "availability_zone", "name", "display_name", "description"),
    *("display_description", "locked_by", "root_device_name", "config_drive", "access_ip_v4", "access_ip_v6"),
    *("auto_disk_config", "progress", "ip", "ip6", "created_at"),
)
_SORT_KEYS: Mapping[str, Callable[[Server], Any]] = {
    "access_ip_v4": lambda server: server.access_ip_v4,
    "access_ip_v6": lambda server: server.access_ip_v6,
    "auto_disk_config": lambda server: server.disk_config == "AUTO",
    "availability_zone": lambda server: server.availability_zone,
    "config_drive": lambda server: server.config_drive,
    "created_at": lambda server: server.created_at,
    "display_description": lambda server: server.description or "",
    "display_name": lambda server: server.name,
    "host": lambda server: server.host or "",
    "hostname": lambda server: server.hostname,
    "image_ref": lambda server: server.image_id,
    "instance_type_id": lambda server: server.flavor.number,
    "kernel_id": lambda _: "",
    "key_name": lambda server: server.key_name or "",
    "launch_index": lambda server: server.launch_index,
    "launched_at": lambda server: server.launched_at or 0.0,
    "locked_by": lambda server: server.locked_by or "",
    "node": lambda server: server.host or "",
    "power_state": lambda server: server.power_state,
    "progress": lambda _: 0,
    "project_id": lambda server: server.project_id,
    "ramdisk_id": lambda _: "",
    "root_device_name": lambda server: server.root_device_name or "",
    "task_state": lambda server: server.task_state or "",
    "terminated_at": lambda server: server.terminated_at or 0.0,
    "updated_at": lambda server: server.updated_at,
    "user_id": lambda server: server.user_id,
    "uuid": lambda server: server.id,
    "vm_state": lambda server: server.vm_state,
}

_SORT_KEYS_IGNORED = (
    *("architecture", "cell_name", "cleaned", "default_ephemeral_device", "default_swap_device", "deleted"),
    *("deleted_at", "disable_terminate", "ephemeral_gb", "ephemeral_key_uuid", "id", "key_data", "launched_on"),
    *("locked", "memory_mb", "os_type", "reservation_id", "root_gb", "shutdown_terminate", "user_data", "vcpus"),
    "vm_mode",
)
"""Sort keys that were accepted before 2.75 and have no effect."""


def parameters(request: Request) -> Json:
    """Return the schema of each parameter of a list of servers."""
    known: Json = {**dict.fromkeys(_PLAIN, ANY), **dict.fromkeys(_REGEXES, REGEX), "changes-since": DATE}
    keys = [*_SORT_KEYS, *(_SORT_KEYS_IGNORED if not request.at_least((2, 75)) else ())]
    if request.at_least((2, 73)):
        keys.append("locked")
    known["sort_key"] = {"type": "array", "items": {"type": "string", "enum": keys}}
    known["sort_dir"] = ANY
    if request.at_least((2, 26)):
        known.update(dict.fromkeys(("tags", "tags-any", "not-tags", "not-tags-any"), REGEX))
    if request.at_least((2, 66)):
        known["changes-before"] = DATE
    if request.at_least((2, 73)):
        known["locked"] = ANY
    return known


def find(request: Request, policy: str) -> list[Server]:
    """Return the servers of a list in its order. Raise ApiError 400 or 403."""
    options = _options(request)
    everybody = truth(options.pop("all_tenants", "0") or "1")
    if everybody and not request.caller.is_admin:
        raise errors.forbidden(f"os_compute_api:servers:{policy}:get_all_tenants")
    if not everybody:
        options.pop("tenant_id", None)
        options["project_id"] = request.project_id
    statuses = [each.upper() for each in request.args.getlist("status")]
    if statuses and not set(statuses) & states.KNOWN_STATUSES:
        if request.at_least((2, 38)):
            raise errors.bad_request("Invalid status value")
        return []
    if statuses == ["DELETED"]:
        if not request.caller.is_admin:
            raise errors.over_quota("Only administrators may list deleted instances")
        options["deleted"] = "true"
    rows = [server for server in request.cloud.compute.servers if _age_fits(options, server)]
    if statuses:
        rows = [server for server in rows if server.status in statuses]
    for name, value in options.items():
        if name in _FILTERS:
            rows = [server for server in rows if _FILTERS[name](request, server, value)]
    return _sorted(request, rows)


def marker(request: Request, rows: Sequence[Server]) -> str | None:
    """Return the id after which the page begins: the marker, or the row before it if the filters exclude the marker."""
    asked = request.args.get("marker")
    found = request.cloud.compute.servers.get(asked) if asked else None
    if found is None or any(row is found for row in rows) or not request.caller.sees(found.project_id):
        return asked
    order = _sorted(request, [*rows, found])
    position = next(number for number, server in enumerate(order) if server is found)
    return order[position - 1].id if position else None


def _options(request: Request) -> dict[str, str]:
    """Return the filters that the caller may use. Others are ignored."""
    given = {name: values[-1] for name, values in request.args.lists() if name not in ("limit", "marker", "status")}
    given = {name: value for name, value in given.items() if name not in ("sort_key", "sort_dir")}
    bad = next((name for name in given if name.startswith("_")), None)
    if bad and request.caller.is_admin:
        raise errors.bad_request(f"Invalid filter field: {bad}.")
    if request.caller.is_admin:
        return given
    allowed = set(_FOR_EVERYBODY).union(*(names for since, names in _FOR_EVERYBODY_SINCE if request.at_least(since)))
    return {name: value for name, value in given.items() if name in allowed}


def _age_fits(options: Mapping[str, str], server: Server) -> bool:
    """Return whether a server matches the filters on deletion and time of change."""
    since, before = (moment(options[name]) if name in options else None for name in ("changes-since", "changes-before"))
    if since is not None and before is not None and before < since:
        raise errors.bad_request("The value of changes-since must be less than or equal to changes-before.")
    changed = float(int(server.updated_at))
    if (since is not None and changed < since) or (before is not None and changed > before):
        return False
    if "deleted" in options:
        return (server.deleted_at is not None) == truth(options["deleted"])
    return server.deleted_at is None or since is not None or before is not None


def _sorted(request: Request, rows: Sequence[Server]) -> list[Server]:
    """Return servers in the order of ``sort_key`` and ``sort_dir``. The default is newest first."""
    keys, directions = request.args.getlist("sort_key"), request.args.getlist("sort_dir")
    order = {server.id: number for number, server in enumerate(request.cloud.compute.servers)}
    result = sorted(rows, key=lambda server: order[server.id], reverse=True)
    pairs = [(key, directions[number] if number < len(directions) else "desc") for number, key in enumerate(keys)]
    for key, direction in reversed(pairs):
        if key == "locked" and request.at_least((2, 73)):
            result.sort(key=lambda server: server.locked_by is not None, reverse=direction == "desc")
        elif key in _SORT_KEYS:
            result.sort(key=_SORT_KEYS[key], reverse=direction == "desc")
    return result


def _matching(read: Callable[[Server], Any]) -> Callable[[Request, Server, str], bool]:
    """Return a filter that searches for a regular expression anywhere in a value."""
    return lambda _, server, wanted: re.search(wanted, str(read(server) or "")) is not None


def _equal(read: Callable[[Server], Any]) -> Callable[[Request, Server, str], bool]:
    return lambda _, server, wanted: str(read(server)) == wanted


def _has_address(version: int) -> Callable[[Request, Server, str], bool]:
    def fits(request: Request, server: Server, wanted: str) -> bool:
        addresses = [each.ip_address for port in network.ports_of(request.cloud, server.id) for each in port.fixed_ips]
        ports = {port.id for port in network.ports_of(request.cloud, server.id)}
        addresses += [each.floating_ip_address for each in request.cloud.network.floating_ips if each.port_id in ports]
        return any(re.match(wanted, each) for each in addresses if (":" in each) == (version == 6))  # noqa: PLR2004

    return fits


def _tags(fits: Callable[[set[str], set[str]], bool]) -> Callable[[Request, Server, str], bool]:
    return lambda _, server, wanted: fits(set(wanted.split(",")), set(server.tags))


def _written(read: Callable[[Server], float | None]) -> Callable[[Server], str]:
    def text(server: Server) -> str:
        when = read(server)
        return "" if when is None else timestamp(when, form="%Y-%m-%d %H:%M:%S")

    return text


_FILTERS: Mapping[str, Callable[[Request, Server, str], bool]] = {
    "project_id": _equal(lambda server: server.project_id),
    "tenant_id": _equal(lambda server: server.project_id),
    "user_id": _equal(lambda server: server.user_id),
    "launch_index": _equal(lambda server: server.launch_index),
    "image": _equal(lambda server: server.image_id),
    "image_ref": _equal(lambda server: server.image_id),
    "vm_state": _equal(lambda server: server.vm_state),
    "task_state": _equal(lambda server: server.task_state),
    "host": _equal(lambda server: server.host),
    "node": _equal(lambda server: server.host),
    "uuid": _equal(lambda server: server.id),
    "flavor": _equal(lambda server: server.flavor.id),
    "reservation_id": _equal(lambda server: server.reservation_id),
    "power_state": _equal(lambda server: server.power_state),
    "progress": _equal(lambda _: 0),
    "locked": lambda _, server, wanted: (server.locked_by is not None) == truth(wanted),
    "config_drive": lambda _, server, wanted: bool(server.config_drive) == truth(wanted),
    "name": _matching(lambda server: server.name),
    "display_name": _matching(lambda server: server.name),
    "hostname": _matching(lambda server: server.hostname),
    "key_name": _matching(lambda server: server.key_name),
    "description": _matching(lambda server: server.description),
    "display_description": _matching(lambda server: server.description),
    "availability_zone": _matching(lambda server: server.availability_zone),
    "locked_by": _matching(lambda server: server.locked_by),
    "root_device_name": _matching(lambda server: server.root_device_name),
    "access_ip_v4": _matching(lambda server: server.access_ip_v4),
    "access_ip_v6": _matching(lambda server: server.access_ip_v6),
    "created_at": _matching(_written(lambda server: server.created_at)),
    "launched_at": _matching(_written(lambda server: server.launched_at)),
    "terminated_at": _matching(_written(lambda server: server.terminated_at)),
    "ip": _has_address(4),
    "ip6": _has_address(6),
    "tags": _tags(lambda wanted, there: wanted <= there),
    "tags-any": _tags(lambda wanted, there: bool(wanted & there)),
    "not-tags": _tags(lambda wanted, there: not wanted <= there),
    "not-tags-any": _tags(lambda wanted, there: not wanted & there),
}
