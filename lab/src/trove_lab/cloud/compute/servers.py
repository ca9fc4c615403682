"""Servers."""

import re
from typing import Any

from trove_lab.cloud.compute import (
    block_devices,
    building,
    deleting,
    errors,
    happenings,
    images,
    keypairs,
    lookups,
    passwords,
    quotas,
    requested_networks,
    server_search,
    server_views,
)
from trove_lab.cloud.compute.parameters import (
    ACCESS_IPS,
    BOOLEAN,
    CERTIFICATES,
    DESCRIPTION,
    DISK_CONFIG,
    FLAVOR_REF,
    HOST,
    HOSTNAME,
    METADATA,
    NAME,
    NAME_OR_NULL,
    PERSONALITY,
    POSITIVE,
    TAGS,
    TEXT,
    USER_DATA,
    UUID,
    UUID_OR_EMPTY,
    body,
    truth,
)
from trove_lab.cloud.compute.state import BlockDevice, Flavor, Server, ServerGroup
from trove_lab.cloud.compute.validation import body as checked
from trove_lab.cloud.compute.validation import query
from trove_lab.cloud.compute.views import cut, listed
from trove_lab.cloud.http import ApiError, Json, Reply, Request, Version
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.image.state import Image

_CREATE: Json = {
    "name": NAME,
    "imageRef": UUID_OR_EMPTY,
    "flavorRef": FLAVOR_REF,
    "adminPass": TEXT,
    "metadata": METADATA,
    "OS-DCF:diskConfig": DISK_CONFIG,
    **ACCESS_IPS,
    "availability_zone": NAME,
    "config_drive": BOOLEAN,
    "key_name": NAME,
    "min_count": POSITIVE,
    "max_count": POSITIVE,
    "return_reservation_id": BOOLEAN,
    "security_groups": {
        "type": "array",
        "items": {"type": "object", "properties": {"name": NAME}, "additionalProperties": False},
    },
    "user_data": USER_DATA,
}
_UPDATE: Json = {"name": NAME, "OS-DCF:diskConfig": DISK_CONFIG, **ACCESS_IPS}
_GROUP: Json = {"oneOf": [{"type": "array", "items": UUID}, UUID]}
_HINTS: Json = {"type": "object", "properties": {"group": _GROUP}, "additionalProperties": True}
_NO_ZONE = "The requested availability zone is not available"


def _create_schema(version: Version) -> Json:
    properties = {
        **_CREATE,
        "networks": requested_networks.schema(version),
        "block_device_mapping_v2": block_devices.schema(version),
    }
    added: list[tuple[Version, Json]] = [
        ((2, 19), {"description": DESCRIPTION}),
        ((2, 52), {"tags": TAGS}),
        ((2, 63), {"trusted_image_certificates": CERTIFICATES}),
        ((2, 74), {"host": HOST, "hypervisor_hostname": HOST}),
        ((2, 90), {"hostname": HOSTNAME}),
        ((2, 94), {"hostname": HOST}),
    ]
    for since, more in added:
        if version >= since:
            properties.update(more)
    if version < (2, 57):
        properties["personality"] = PERSONALITY
    required = ("name", "flavorRef", "networks") if version >= (2, 37) else ("name", "flavorRef")
    schema = body("server", properties, required)
    schema["properties"].update({"os:scheduler_hints": _HINTS, "OS-SCH-HNT:scheduler_hints": _HINTS})
    return schema


def index(request: Request) -> Reply:
    """GET /servers: ids and names."""
    return _list(request, "index", detailed=False)


def detail(request: Request) -> Reply:
    """GET /servers/detail."""
    return _list(request, "detail", detailed=True)


def _list(request: Request, policy: str, *, detailed: bool) -> Reply:
    given = query(request, server_search.parameters(request), strict_since=(2, 75))
    rows = server_search.find(request, policy)
    marker = server_search.marker(request, rows)
    shown, links = cut(request, rows, path="servers/detail" if detailed else "servers", query=given, marker=marker)
    if detailed:
        views = [server_views.detailed(request, each, listed=True) for each in shown]
    else:
        views = [server_views.brief(request, each) for each in shown]
    return Reply(200, listed("servers", views, links))


def show(request: Request, server_id: str) -> Reply:
    """GET /servers/{server_id}."""
    return Reply(200, {"server": server_views.detailed(request, lookups.server(request, server_id))})


def create(request: Request) -> Reply:
    """POST /servers: one, or ``min_count`` to ``max_count`` of them. Answers with the first."""
    whole = checked(request, _create_schema(request.microversion))
    given: dict[str, Any] = whole["server"]
    hints = whole.get("os:scheduler_hints") or whole.get("OS-SCH-HNT:scheduler_hints") or {}
    least = int(given.get("min_count", 1))
    most = int(given.get("max_count", least))
    if least > most:
        raise errors.bad_request("min_count must be <= max_count")
    zone, host = _destination(request, given)
    image_id = _image_id(given)
    flavor = lookups.flavor(request, str(given["flavorRef"]))
    wanted = requested_networks.parse(request, given.get("networks"))
    if flavor is None:
        raise errors.bad_request(f"Flavor {given['flavorRef']} could not be found.")
    image = _image(request, image_id, flavor)
    groups = [each["name"] for each in given.get("security_groups", []) if "name" in each]
    requested_networks.check(request, wanted, groups, most)
    if given.get("key_name"):
        keypairs.check(request, given["key_name"])
    devices = [block_devices.parse(request, given.get("block_device_mapping_v2", []), image_id) for _ in range(most)]
    state = request.cloud.compute
    quotas.check_metadata(state, request.project_id, len(given.get("metadata", {})))
    group = _group(request, hints, most)
    count = quotas.check_servers(state, request.project_id, flavor, least=least, most=most)
    made: list[Server] = []
    for position in range(count):
        server = _new(request, given, flavor, image, devices[position])
        server.launch_index, server.reservation_id = position, made[0].reservation_id if made else server.reservation_id
        if count > 1:
            server.name = server.hostname = f"{server.name}-{position + 1}"
        server.availability_zone, server.pinned_availability_zone = zone or "", zone
        server.scheduler_hints = {name: _as_list(value) for name, value in hints.items()}
        server.security_groups = groups
        _launch(request, server, group, wanted, host)
        made.append(server)
    if truth(given.get("return_reservation_id", False)):
        return Reply(202, {"reservation_id": made[0].reservation_id})
    view = server_views.created(request, made[0], given.get("adminPass") or passwords.generate())
    return Reply(202, {"server": view}, {"Location": view["links"][0]["href"]})


def update(request: Request, server_id: str) -> Reply:
    """PUT /servers/{server_id}: name, description, access addresses, host name, pinned zone."""
    properties = dict(_UPDATE)
    added: list[tuple[Version, Json]] = [
        ((2, 19), {"description": DESCRIPTION}),
        ((2, 90), {"hostname": HOSTNAME}),
        ((2, 94), {"hostname": HOST}),
        ((2, 104), {"pinned_availability_zone": NAME_OR_NULL}),
    ]
    for since, more in added:
        if request.at_least(since):
            properties.update(more)
    given = checked(request, body("server", properties))["server"]
    server = lookups.server(request, server_id)
    if "pinned_availability_zone" in given:
        _pin(request, server, given["pinned_availability_zone"])
    known = {
        "name": "name",
        "description": "description",
        "hostname": "hostname",
        "accessIPv4": "access_ip_v4",
        "accessIPv6": "access_ip_v6",
        "OS-DCF:diskConfig": "disk_config",
    }
    for name, attribute in known.items():
        if name in given:
            setattr(server, attribute, given[name])
    server.updated_at = request.cloud.clock.now()
    return Reply(200, {"server": server_views.changed(request, server)})


def delete(request: Request, server_id: str) -> Reply:
    """DELETE /servers/{server_id}."""
    deleting.start(request, lookups.server(request, server_id))
    return Reply(204)


def _launch(
    request: Request,
    server: Server,
    group: ServerGroup | None,
    wanted: list[requested_networks.RequestedNetwork],
    host: str | None,
) -> None:
    """Take what a new server needs, add it and begin to build it."""
    block_devices.reserve(request, server)
    try:
        doomed = requested_networks.bind(request, server, wanted)
    except ApiError:
        block_devices.release(request.cloud, server)
        raise
    if group:
        group.members.append(server.id)
    request.cloud.compute.servers.add(server)
    action = happenings.begin(request, server, "create", "compute__do_build_and_run_instance")
    building.start(request.cloud, server, action, only=host, doomed=doomed, fails=request.fails_later)


def _new(request: Request, given: Json, flavor: Flavor, image: Image | None, devices: list[BlockDevice]) -> Server:
    now = request.cloud.clock.now()
    name = given["name"]
    return Server(
        id=new_uuid(),
        number=next(request.cloud.compute.numbers),
        name=name,
        hostname=given.get("hostname") or _hostname(name),
        project_id=request.project_id,
        user_id=request.caller.user_id,
        created_at=now,
        updated_at=now,
        flavor=flavor,
        image_id=image.id if image else "",
        image_properties=images.properties(image),
        reservation_id=f"r-{new_uuid()[:8]}",
        description=given.get("description"),
        metadata=dict(given.get("metadata", {})),
        tags=list(dict.fromkeys(given.get("tags", []))),
        key_name=given.get("key_name"),
        user_data=given.get("user_data"),
        config_drive="True" if truth(given.get("config_drive", False)) else "",
        disk_config=given.get("OS-DCF:diskConfig", "MANUAL"),
        access_ip_v4=given.get("accessIPv4", ""),
        access_ip_v6=given.get("accessIPv6", ""),
        devices=devices,
    )


def _hostname(name: str) -> str:
    """Return the host name that Nova makes of a server's name."""
    text = re.sub(r"[^a-z0-9-]", "", re.sub(r"[ _.]", "-", name.lower())).strip("-")
    return text[:63] or "server"


def _as_list(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _destination(request: Request, given: Json) -> tuple[str | None, str | None]:
    """Return the zone and the host that are asked for: ``zone:host`` and ``host`` are for administrators."""
    hosts = request.cloud.compute.hosts
    zone, _, host = given.get("availability_zone", "").partition(":")
    if host and not request.caller.is_admin:
        raise errors.forbidden("os_compute_api:servers:create:forced_host")
    if zone and zone not in hosts.zones:
        raise errors.bad_request(_NO_ZONE)
    asked = given.get("host") or given.get("hypervisor_hostname")
    if asked and not request.caller.is_admin:
        raise errors.forbidden("compute:servers:create:requested_destination")
    host = asked or host.rstrip(":")
    if host and hosts.get(host) is None:
        raise errors.bad_request(f"Compute host {host} could not be found.")
    return zone or None, host or None


def _image_id(given: Json) -> str:
    """Return the id of the image that is asked for; empty when a volume is to boot."""
    image_id: str = given.get("imageRef", "")
    if not image_id and not given.get("block_device_mapping_v2"):
        raise errors.bad_request(
            "Missing imageRef attribute" if "imageRef" not in given else "Invalid imageRef provided."
        )
    return image_id


def _image(request: Request, image_id: str, flavor: Flavor) -> Image | None:
    if not image_id:
        return None
    image = images.find(request, image_id)
    if image is None:
        raise errors.bad_request("Can not find requested image")
    images.check_fits(image, flavor)
    return image


def _group(request: Request, hints: Json, count: int) -> ServerGroup | None:
    """Return the server group of the hint, if there is one and it takes ``count`` more."""
    if "group" not in hints:
        return None
    group_id = _as_list(hints["group"])[0]
    group = request.cloud.compute.server_groups.get(group_id)
    if group is None or not request.caller.sees(group.project_id):
        raise errors.bad_request(f"Instance group {group_id} could not be found.")
    members = (request.cloud.compute.servers.get(each) for each in group.members)
    living = [each for each in members if each and each.deleted_at is None]
    quotas.check_group_members(request.cloud.compute, group.project_id, len(living) + count)
    return group


def _pin(request: Request, server: Server, zone: str | None) -> None:
    """Unpin a server from its zone, or pin it to the one it is in."""
    if zone is not None:
        host = request.cloud.compute.hosts.get(server.host)
        current = host.availability_zone if host else server.availability_zone
        pinned = server.pinned_availability_zone
        if pinned is not None and zone != pinned:
            raise errors.conflict(
                "Cannot change pinned availability zone directly."
                " Unpin first by setting pinned_availability_zone to null."
            )
        if zone != current:
            raise errors.conflict(
                f"Server can only be pinned to its current availability zone '{current}', but '{zone}' was requested."
            )
    server.pinned_availability_zone = zone
