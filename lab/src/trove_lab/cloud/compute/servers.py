"""Servers."""

import re
from dataclasses import replace

from trove_lab.cloud.compute import (
    block_devices,
    building,
    create_request,
    deleting,
    errors,
    history,
    images,
    lookups,
    passwords,
    requested_networks,
    server_search,
    server_views,
)
from trove_lab.cloud.compute.create_request import CreateRequest
from trove_lab.cloud.compute.parameters import (
    ACCESS_IPS,
    DESCRIPTION,
    DISK_CONFIG,
    HOST,
    HOSTNAME,
    NAME,
    NAME_OR_NULL,
    body,
    truth,
)
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.compute.validation import body as checked
from trove_lab.cloud.compute.validation import query
from trove_lab.cloud.compute.views import listed, paginate
from trove_lab.cloud.http import ApiError, Json, Reply, Version
from trove_lab.cloud.ids import new_uuid

_UPDATES: dict[Version, Json] = {}
_UPDATES[(2, 1)] = {"name": NAME, "OS-DCF:diskConfig": DISK_CONFIG, **ACCESS_IPS}
_UPDATES[(2, 19)] = {**_UPDATES[(2, 1)], "description": DESCRIPTION}
_UPDATES[(2, 90)] = {**_UPDATES[(2, 19)], "hostname": HOSTNAME}
_UPDATES[(2, 94)] = {**_UPDATES[(2, 90)], "hostname": HOST}
_UPDATES[(2, 104)] = {**_UPDATES[(2, 94)], "pinned_availability_zone": NAME_OR_NULL}
_UPDATE_SCHEMAS = {version: body("server", properties) for version, properties in _UPDATES.items()}


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
    shown, links = paginate(request, rows, path="servers/detail" if detailed else "servers", query=given, marker=marker)
    if detailed:
        views = [server_views.detailed(request, each, listed=True) for each in shown]
    else:
        views = [server_views.brief(request, each) for each in shown]
    return Reply(200, listed("servers", views, links))


def show(request: Request, server_id: str) -> Reply:
    """GET /servers/{server_id}."""
    return Reply(200, {"server": server_views.detailed(request, lookups.server(request, server_id))})


def create(request: Request) -> Reply:
    """POST /servers: one, or ``min_count`` to ``max_count``. Returns the first."""
    order = create_request.parse(request)
    reservation_id = f"r-{new_uuid()[:8]}"
    made = [_make(request, order, position, reservation_id) for position in range(order.count)]
    if truth(order.given.get("return_reservation_id", False)):
        return Reply(202, {"reservation_id": reservation_id})
    view = server_views.created(request, made[0], order.given.get("adminPass") or passwords.generate())
    return Reply(202, {"server": view}, {"Location": view["links"][0]["href"]})


def update(request: Request, server_id: str) -> Reply:
    """PUT /servers/{server_id}: name, description, access addresses, host name, pinned zone."""
    given = checked(request, _UPDATE_SCHEMAS)["server"]
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


def _make(request: Request, order: CreateRequest, position: int, reservation_id: str) -> Server:
    """Reserve what one of the ordered servers needs, add it and begin to build it. Raise ApiError."""
    server = _new(request, order)
    server.launch_index, server.reservation_id = position, reservation_id
    if order.count > 1:
        server.name, server.hostname = f"{server.name}-{position + 1}", f"{server.hostname}-{position + 1}"
    block_devices.reserve(request, server)
    try:
        failure = requested_networks.bind(request, server, order.networks)
    except ApiError:
        block_devices.release(request.cloud, server)
        raise
    if order.group:
        order.group.members.append(server.id)
    request.cloud.compute.servers.add(server)
    action = history.begin(request, server, "create", "compute__do_build_and_run_instance")
    building.start(request.cloud, server, action, only=order.host, failure=failure, fails=request.fails_later)
    return server


def _new(request: Request, order: CreateRequest) -> Server:
    now, given = request.cloud.clock.now(), order.given
    return Server(
        id=new_uuid(),
        number=next(request.cloud.compute.numbers),
        name=given["name"],
        hostname=given.get("hostname") or _hostname(given["name"]),
        project_id=request.project_id,
        user_id=request.caller.user_id,
        created_at=now,
        updated_at=now,
        flavor=order.flavor.copy(),
        image_id=order.image.id if order.image else "",
        image_properties=images.properties(order.image),
        reservation_id="",
        availability_zone=order.zone or "",
        pinned_availability_zone=order.zone,
        scheduler_hints=order.hints,
        security_groups=order.security_groups,
        description=given.get("description"),
        metadata=dict(given.get("metadata", {})),
        tags=list(dict.fromkeys(given.get("tags", []))),
        key_name=given.get("key_name"),
        user_data=given.get("user_data"),
        config_drive="True" if truth(given.get("config_drive", False)) else "",
        disk_config=given.get("OS-DCF:diskConfig", "MANUAL"),
        access_ip_v4=given.get("accessIPv4", ""),
        access_ip_v6=given.get("accessIPv6", ""),
        devices=[replace(device, id=new_uuid()) for device in order.devices],
    )


def _hostname(name: str) -> str:
    """Return the host name that Nova derives from a server's name."""
    text = re.sub(r"[^a-z0-9-]", "", re.sub(r"[ _.]", "-", name.lower())).strip("-")
    return text[:63] or "server"


def _pin(request: Request, server: Server, zone: str | None) -> None:
    """Unpin a server from its zone, or pin it to its present zone."""
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
