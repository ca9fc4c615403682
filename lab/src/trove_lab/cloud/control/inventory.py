"""The inventory: every resource that somebody would have to pay for or clean up, with its owner and state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from trove_lab.cloud.control.request import ControlledCloud

_OWNER = ("name", "description", "project_id", "metadata", "tags", "device_id", "server_id", "security_group_id")
_STATE = ("status", "task_state", "host", "size", "volume_id", "type", "records")
_NETWORK = (
    *("network_id", "fixed_ips", "security_group_ids", "floating_ip_address", "port_id"),
    *("direction", "ethertype", "protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "remote_group_id"),
)


def view(cloud: ControlledCloud) -> dict[str, list[dict[str, Any]]]:
    """Return the resources of each kind, without those that the seed created."""
    return {kind: [_show(row) for row in rows if row.id not in cloud.seeded] for kind, rows in _kinds(cloud).items()}


def ids(cloud: ControlledCloud) -> Iterator[str]:
    """Return the ids of all resources of all kinds."""
    for rows in _kinds(cloud).values():
        yield from (row.id for row in rows)


def _kinds(cloud: ControlledCloud) -> dict[str, Sequence[Any]]:
    groups = [group for group in cloud.network.security_groups if not group.is_default]
    own = {group.id for group in groups}
    return {
        "servers": [server for server in cloud.compute.servers if server.deleted_at is None],
        "server_groups": list(cloud.compute.server_groups),
        "volumes": list(cloud.volume.volumes),
        "snapshots": list(cloud.volume.snapshots),
        "ports": list(cloud.network.ports),
        "security_groups": groups,
        "security_group_rules": [rule for rule in cloud.network.rules if rule.security_group_id in own],
        "floating_ips": list(cloud.network.floating_ips),
        "recordsets": [recordset for recordset in cloud.dns.recordsets if not recordset.managed],
    }


def _show(row: Any) -> dict[str, Any]:
    """Return the attributes of a resource, without user data and passwords."""
    names = [name for name in (*_OWNER, *_STATE, *_NETWORK) if hasattr(row, name)]
    return {"id": row.id, **{name: _plain(getattr(row, name)) for name in names}}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
