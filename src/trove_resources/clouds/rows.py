"""Resources from the services' JSON to our values.

Heat returns the same JSON: it reads it from the services.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from trove_resources import markers
from trove_resources.inventory import FloatingIp, Port, Rule, SecurityGroup, Server, ServerAction, ServerGroup, Volume
from trove_resources.spec import Nic

Row = dict[str, Any]

_ANYBODY = {"IPv4": "0.0.0.0/0", "IPv6": "::/0"}
"""Neutron treats a rule without a network as one with these, and allows only one of the two."""


def server(row: Row) -> Server:
    """Return a server."""
    addresses = (address["addr"] for network in row.get("addresses", {}).values() for address in network)
    return Server(
        id=row["id"],
        name=row["name"],
        status=row["status"],
        task_state=row.get("OS-EXT-STS:task_state"),
        fault=(row.get("fault") or {}).get("message"),
        flavor=row.get("flavor", {}).get("original_name"),
        metadata=row.get("metadata", {}),
        tags=tuple(row.get("tags", ())),
        addresses=tuple(addresses),
        volume_ids=tuple(volume["id"] for volume in row.get("os-extended-volumes:volumes_attached", ())),
        image_id=(row.get("image") or {}).get("id"),
        host=row.get("OS-EXT-SRV-ATTR:host"),
        updated_at=_moment(row["updated"]) if row.get("updated") else None,
    )


def server_action(row: Row) -> ServerAction:
    """Return an action on a server."""
    return ServerAction(
        name=row["action"],
        request_id=row["request_id"],
        started_at=_moment(row["start_time"]),
        failed=bool(row.get("message")),
    )


def server_group(row: Row) -> ServerGroup:
    """Return a server group."""
    return ServerGroup(id=row["id"], name=row["name"], policy=row["policy"], member_ids=tuple(row["members"]))


def volume(row: Row) -> Volume:
    """Return a volume."""
    # Stock Trove writes no metadata: the description tells the role.
    root = row["metadata"].get(markers.ROLE_KEY) == "root" or (row.get("description") or "").startswith(
        "root volume for "
    )
    return Volume(
        id=row["id"],
        role="root" if root else "data",
        status=row["status"],
        size=row["size"],
        metadata=row["metadata"],
        attached_to=tuple(attachment["server_id"] for attachment in row["attachments"]),
        device=next((attachment.get("device") for attachment in row["attachments"]), None),
    )


def port(row: Row) -> Port:
    """Return a port."""
    return Port(
        id=row["id"],
        role=markers.port_role(row["description"]),
        network_id=row["network_id"],
        mac_address=row["mac_address"],
        status=row["status"],
        description=row["description"],
        addresses=tuple((fixed["subnet_id"], fixed["ip_address"]) for fixed in row["fixed_ips"]),
        security_group_ids=tuple(row["security_groups"]),
    )


def security_group(row: Row) -> SecurityGroup:
    """Return a security group with its ingress rules."""
    rules = tuple(_rule(each) for each in row["security_group_rules"] if each["direction"] == "ingress")
    return SecurityGroup(id=row["id"], name=row["name"], description=row["description"], rules=rules)


def floating_ip(row: Row) -> FloatingIp:
    """Return a floating IP."""
    return FloatingIp(
        id=row["id"],
        address=row["floating_ip_address"],
        port_id=row["port_id"],
        project_id=row["project_id"],
        status=row["status"],
        description=row["description"],
    )


def nic(mac_address: str, addresses: Iterable[tuple[Row, str]]) -> Nic:
    """Return what user data says about a port; ``addresses`` are pairs of a subnet and an address."""
    versions = {subnet["ip_version"]: _addressing(subnet, address) for subnet, address in addresses}
    return Nic(mac_address=mac_address, ipv4=versions.get(4, {}), ipv6=versions.get(6, {}))


def _addressing(subnet: Row, address: str) -> Row:
    """Return what the guest's network configuration says about an address, with stock Trove's keys."""
    version = subnet["ip_version"]
    words = {"address": address, "cidr": subnet["cidr"], "host_routes": subnet["host_routes"]}
    # With SLAAC and stateless DHCP the router advertises the route.
    if version == 4 or subnet.get("ipv6_ra_mode") == "dhcpv6-stateful":  # noqa: PLR2004 - IP version
        words["gateway"] = subnet["gateway_ip"]
    return {f"ipv{version}_{word}": value for word, value in words.items()}


def _rule(row: Row) -> Rule:
    others = row.get("remote_group_id") or row.get("remote_address_group_id")
    return Rule(
        id=row["id"],
        protocol=row["protocol"],
        port_min=row["port_range_min"],
        port_max=row["port_range_max"],
        cidr=row["remote_ip_prefix"] or (None if others else _ANYBODY[row["ethertype"]]),
        ethertype=row["ethertype"],
        description=row["description"] or "",
    )


def _moment(text: str) -> datetime:
    """Return a time of Nova's, with the time zone that Nova does not always write."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
