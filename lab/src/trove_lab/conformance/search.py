"""Looking for what is left of an instance, without asking the manager that should have deleted it."""

from openstack.connection import Connection


def traces(service: Connection, instance_id: str) -> list[str]:
    """Return what a cloud holds that has an instance's id in its name, description or tags, in words.

    Floating IPs of stock Trove's, which carry nothing, are not among it.
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
    return [
        f"{kind} {row.id}"
        for kind, found in rows.items()
        for row in found
        if kind in ("server", "volume", "port") or instance_id in f"{row.name} {getattr(row, 'description', '')}"
    ]
