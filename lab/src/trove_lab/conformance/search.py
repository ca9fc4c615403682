"""Find what is left of an instance, without the manager that should have deleted it."""

from typing import Any, Final

from keystoneauth1.exceptions import EndpointNotFound
from openstack.connection import Connection

_HEAT: Final[Any] = {"service_type": "orchestration", "region_name": "RegionOne"}


def traces(service: Connection, instance_id: str) -> list[str]:
    """Return descriptions of the resources that have an instance's id in their name, description or tags.

    Floating IPs of stock Trove have no marker, and are not found.
    """
    network, volumes = service.network, service.block_storage
    rows = {
        "server": service.compute.servers(tags=f"trove_instance_id_{instance_id}"),
        "volume": volumes.volumes(name=f"trove-{instance_id}"),
        "port": network.ports(name=f"trove-{instance_id}"),
        "security group": network.security_groups(),
        "floating IP": network.ips(),
        "server group": service.compute.server_groups(),
    }
    return stacks(service, instance_id) + [
        f"{kind} {row.id}"
        for kind, found in rows.items()
        for row in found
        if kind in ("server", "volume", "port") or instance_id in f"{row.name} {getattr(row, 'description', '')}"
    ]


def stacks(service: Connection, instance_id: str = "") -> list[str]:
    """Return descriptions of the stacks in the user's project: all, or those of an instance. None without Heat."""
    try:
        rows = service.session.get("/stacks", endpoint_filter=_HEAT).json()["stacks"]
    except EndpointNotFound:
        return []
    # Heat lists a deleted stack for a moment.
    there = [row for row in rows if row["stack_status"] != "DELETE_COMPLETE" and instance_id in row["stack_name"]]
    return [f"stack {row['stack_name']} {row['stack_status']}" for row in there]
