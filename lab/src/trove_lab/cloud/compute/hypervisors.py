"""Hypervisors, Nova's services and availability zones: the hosts of the cloud as administrators see them."""

import uuid

from trove_lab.cloud.compute import errors, scheduler
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Host
from trove_lab.cloud.compute.validation import ANY, query
from trove_lab.cloud.compute.views import precise
from trove_lab.cloud.http import Json, Reply

_NAMES = uuid.UUID("6d4b1d2e-6f0e-4c0e-9d8d-0f6d9b6c2a11")
"""The namespace of the ids of hosts and services, which survive a reset."""
_CONTROL = ("nova-conductor", "nova-scheduler")
"""Nova's services on the controller, which is in the zone ``internal``."""
_CONTROLLER = "controller"


def index(request: Request) -> Reply:
    """GET /os-hypervisors."""
    return _list(request, detailed=False)


def detail(request: Request) -> Reply:
    """GET /os-hypervisors/detail."""
    return _list(request, detailed=True)


def _list(request: Request, *, detailed: bool) -> Reply:
    named = {"hypervisor_hostname_pattern": ANY, "with_servers": ANY} if request.at_least((2, 53)) else {}
    query(request, named, strict_since=(2, 53))
    pattern = request.args.get("hypervisor_hostname_pattern", "")
    hosts = [host for host in request.cloud.compute.hosts if pattern in host.name]
    if pattern and not hosts:
        raise errors.not_found(f"No hypervisor matching '{pattern}' could be found.")
    return Reply(200, {"hypervisors": [_view(request, host, detailed=detailed) for host in hosts]})


def show(request: Request, hypervisor_id: str) -> Reply:
    """GET /os-hypervisors/{hypervisor_id}."""
    for host in request.cloud.compute.hosts:
        if str(_id(request, "hypervisor", host)) == hypervisor_id:
            return Reply(200, {"hypervisor": _view(request, host, detailed=True)})
    raise errors.not_found(f"Hypervisor with ID '{hypervisor_id}' could not be found.")


def _id(request: Request, kind: str, host: Host) -> int | str:
    """Return a host's id. Before 2.53 it is a number."""
    if request.at_least((2, 53)):
        return str(uuid.uuid5(_NAMES, f"{kind} {host.name}"))
    return [each.name for each in request.cloud.compute.hosts].index(host.name) + 1


def _view(request: Request, host: Host, *, detailed: bool) -> Json:
    view: Json = {
        "id": _id(request, "hypervisor", host),
        "hypervisor_hostname": host.name,
        "state": "up",
        "status": "enabled",
    }
    servers = request.cloud.compute.undeleted(host=host.name)
    if request.args.get("with_servers", "").lower() in ("true", "1") and servers:
        view["servers"] = [{"uuid": server.id, "name": f"instance-{server.number:08x}"} for server in servers]
    if not detailed:
        return view
    view |= {
        "hypervisor_type": "fake",
        "hypervisor_version": 1000,
        "host_ip": "127.0.0.1",
        "service": {"id": _id(request, "nova-compute", host), "host": host.name, "disabled_reason": None},
    }
    if request.at_least((2, 88)):
        return {**view, "uptime": None}
    taken = scheduler.used(request.cloud.compute, host)
    return {
        **view,
        "vcpus": host.vcpus,
        "memory_mb": host.ram,
        "local_gb": host.disk,
        "vcpus_used": taken["vcpus"],
        "memory_mb_used": taken["ram"],
        "local_gb_used": taken["disk"],
        "free_ram_mb": host.ram - taken["ram"],
        "free_disk_gb": host.disk - taken["disk"],
        "current_workload": 0,
        "running_vms": len(servers),
        "disk_available_least": host.disk - taken["disk"],
        "cpu_info": {} if request.at_least((2, 28)) else "{}",
    }


def list_services(request: Request) -> Reply:
    """GET /os-services."""
    query(request, {"host": ANY, "binary": ANY}, strict_since=(2, 75))
    hosts = [(_CONTROLLER, binary, "internal") for binary in _CONTROL]
    hosts += [(host.name, "nova-compute", host.availability_zone) for host in request.cloud.compute.hosts]
    rows = []
    for number, (host, binary, zone) in enumerate(hosts, start=1):
        if request.args.get("host", host) != host or request.args.get("binary", binary) != binary:
            continue
        service_id = str(uuid.uuid5(_NAMES, f"{binary} {host}")) if request.at_least((2, 53)) else number
        row: Json = {"binary": binary, "host": host, "id": service_id, "zone": zone, "status": "enabled"}
        row |= {"state": "up", "updated_at": precise(request.cloud.clock.now()), "disabled_reason": None}
        rows.append({**row, "forced_down": False} if request.at_least((2, 11)) else row)
    return Reply(200, {"services": rows})


def list_zones(request: Request) -> Reply:
    """GET /os-availability-zone."""
    zones = request.cloud.compute.hosts.zones
    rows = [{"zoneName": zone, "zoneState": {"available": True}, "hosts": None} for zone in zones]
    return Reply(200, {"availabilityZoneInfo": rows})


def list_zones_in_detail(request: Request) -> Reply:
    """GET /os-availability-zone/detail: with the services of each host."""
    up = {"available": True, "active": True, "updated_at": precise(request.cloud.clock.now())}
    hosts = {"internal": {_CONTROLLER: dict.fromkeys(_CONTROL, up)}}
    for host in request.cloud.compute.hosts:
        hosts.setdefault(host.availability_zone, {})[host.name] = {"nova-compute": up}
    rows = [{"zoneName": zone, "zoneState": {"available": True}, "hosts": there} for zone, there in hosts.items()]
    return Reply(200, {"availabilityZoneInfo": rows})
