"""Views of a server in each microversion."""

import hashlib

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.compute import states
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Fault, Server
from trove_lab.cloud.compute.views import bookmark, flavor_reference, links, precise
from trove_lab.cloud.http import Json
from trove_lab.cloud.network import internal_api as network


def brief(request: Request, server: Server) -> Json:
    """Return a server as ``GET /servers`` shows it."""
    return {"id": server.id, "name": server.name, "links": links(request, f"servers/{server.id}")}


def created(request: Request, server: Server, password: str) -> Json:
    """Return a server as the reply to its creation shows it."""
    return {
        "id": server.id,
        "links": links(request, f"servers/{server.id}"),
        "OS-DCF:diskConfig": server.disk_config,
        "security_groups": [{"name": name} for name in server.security_groups or ["default"]],
        "adminPass": password,
    }


def detailed(request: Request, server: Server, *, listed: bool = False) -> Json:
    """Return a server as ``GET /servers/{id}`` shows it or, with ``listed``, ``GET /servers/detail``."""
    return {
        **_core(request, server, extended=True),
        **_extended(request, server),
        **_recent(request, server, hosted=True, grouped=not listed),
    }


def changed(request: Request, server: Server) -> Json:
    """Return a server as the reply to an update or rebuild shows it. It has all attributes since 2.75 only."""
    if request.at_least((2, 75)):
        return detailed(request, server)
    return {**_core(request, server, extended=False), **_recent(request, server, hosted=False, grouped=True)}


def host_id(server: Server, host: str | None = None) -> str:
    """Return the hash that hides a host from those who may not see it."""
    name = host or server.host
    return hashlib.sha224((server.project_id + name).encode()).hexdigest() if name else ""


def addresses(request: Request, server: Server, *, extended: bool) -> dict[str, list[Json]]:
    """Return a server's addresses by the names of their networks. It has none before it has a host."""
    cloud, shown = request.cloud, dict[str, list[Json]]()
    for port in network.ports_of(cloud, server.id) if server.host else ():
        if port.id in server.hidden_ports:
            continue
        found = cloud.network.networks.get(port.network_id)
        entries = shown.setdefault(found.name if found else port.network_id, [])
        entries += [_address(each.ip_address, "fixed", port.mac_address, extended) for each in port.fixed_ips]
        floating = cloud.network.floating_ips.where(port_id=port.id)
        entries += [_address(each.floating_ip_address, "floating", port.mac_address, extended) for each in floating]
    return shown


def _address(address: str, kind: str, mac: str, extended: bool) -> Json:  # noqa: FBT001 - private, one line
    entry: Json = {"version": 6 if ":" in address else 4, "addr": address}
    return {**entry, "OS-EXT-IPS:type": kind, "OS-EXT-IPS-MAC:mac_addr": mac} if extended else entry


def _core(request: Request, server: Server, *, extended: bool) -> Json:
    view: Json = {
        "accessIPv4": server.access_ip_v4,
        "accessIPv6": server.access_ip_v6,
        "addresses": addresses(request, server, extended=extended),
        "created": timestamp(server.created_at),
        "flavor": flavor_reference(request, server.flavor),
        "hostId": host_id(server),
        "id": server.id,
        "image": _image(request, server),
        "links": links(request, f"servers/{server.id}"),
        "metadata": dict(server.metadata),
        "name": server.name,
        "status": server.status,
        "tenant_id": server.project_id,
        "user_id": server.user_id,
        "updated": timestamp(server.updated_at),
        "OS-DCF:diskConfig": server.disk_config,
    }
    if server.status in ("ERROR", "DELETED") and server.fault:
        view["fault"] = _fault(request, server.fault)
    elif server.status in states.WITH_PROGRESS:
        view["progress"] = 0
    return view


def _image(request: Request, server: Server) -> Json | str:
    if not server.image_id:
        return ""
    view: Json = {"id": server.image_id, "links": [bookmark(request, f"images/{server.image_id}")]}
    if request.at_least((2, 98)):
        view["properties"] = dict(server.image_properties)
    return view


def _fault(request: Request, fault: Fault) -> Json:
    view: Json = {"code": fault.code, "created": timestamp(fault.created_at), "message": fault.message}
    if request.caller.is_admin and fault.details:
        view["details"] = fault.details
    return view


def _extended(request: Request, server: Server) -> Json:
    host = request.cloud.compute.hosts.get(server.host)
    view: Json = {
        "OS-EXT-AZ:availability_zone": host.availability_zone if host else server.availability_zone,
        "config_drive": server.config_drive,
        "key_name": server.key_name,
        "OS-SRV-USG:launched_at": precise(server.launched_at),
        "OS-SRV-USG:terminated_at": precise(server.terminated_at),
    }
    groups = _security_groups(request, server)
    if groups:
        view["security_groups"] = groups
    if request.caller.is_admin:
        view.update(_for_administrators(request, server))
    return {
        **view,
        "OS-EXT-STS:task_state": server.task_state,
        "OS-EXT-STS:vm_state": server.vm_state,
        "OS-EXT-STS:power_state": server.power_state,
        "os-extended-volumes:volumes_attached": [_volume(request, server, each) for each in _attached(server)],
    }


def _for_administrators(request: Request, server: Server) -> Json:
    view: Json = {
        "OS-EXT-SRV-ATTR:host": server.host,
        "OS-EXT-SRV-ATTR:instance_name": f"instance-{server.number:08x}",
        "OS-EXT-SRV-ATTR:hypervisor_hostname": server.host,
    }
    if request.at_least((2, 3)):
        view |= {
            "OS-EXT-SRV-ATTR:hostname": server.hostname,
            "OS-EXT-SRV-ATTR:kernel_id": "",
            "OS-EXT-SRV-ATTR:launch_index": server.launch_index,
            "OS-EXT-SRV-ATTR:ramdisk_id": "",
            "OS-EXT-SRV-ATTR:reservation_id": server.reservation_id,
            "OS-EXT-SRV-ATTR:root_device_name": server.root_device_name,
            "OS-EXT-SRV-ATTR:user_data": server.user_data,
        }
    return view


def _attached(server: Server) -> list[str]:
    return [device.volume_id for device in server.devices if device.volume_id is not None]


def _volume(request: Request, server: Server, volume_id: str) -> Json:
    kept = next(each.delete_on_termination for each in server.devices if each.volume_id == volume_id)
    return {"id": volume_id, "delete_on_termination": kept} if request.at_least((2, 3)) else {"id": volume_id}


def _security_groups(request: Request, server: Server) -> list[Json]:
    if server.host is None:
        return []
    ids = [group for port in network.ports_of(request.cloud, server.id) for group in port.security_group_ids]
    groups = [request.cloud.network.security_groups.get(each) for each in dict.fromkeys(ids)]
    return [{"name": group.name} for group in groups if group]


def _recent(request: Request, server: Server, *, hosted: bool, grouped: bool) -> Json:
    """Return the attributes added since 2.9, in the order of their microversions."""
    group = request.cloud.compute.group_of(server)
    hosted = hosted and request.caller.is_admin
    added = [
        ((2, 9), "locked", server.locked_by is not None),
        ((2, 16) if hosted else None, "host_status", "UP" if server.host and not server.deleted_at else ""),
        ((2, 19), "description", server.description),
        ((2, 26), "tags", list(server.tags)),
        ((2, 63), "trusted_image_certificates", None),
        ((2, 71) if grouped else None, "server_groups", [group.id] if group else []),
        ((2, 73), "locked_reason", server.locked_reason),
        ((2, 90), "OS-EXT-SRV-ATTR:hostname", server.hostname),
        ((2, 96), "pinned_availability_zone", server.pinned_availability_zone),
        ((2, 100), "scheduler_hints", dict(server.scheduler_hints)),
    ]
    return {name: value for since, name, value in added if since and request.at_least(since)}
