"""Subnets."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.network import errors, lists, networks, quotas, standard
from trove_lab.cloud.network.attributes import (
    COMMON,
    REQUIRED,
    Attribute,
    address,
    boolean,
    integer,
    listed,
    mapping,
    nullable,
    parse_create,
    parse_update,
    text,
    uuid,
)
from trove_lab.cloud.network.request import Request
from trove_lab.cloud.network.state import Subnet

_UNSET = "unset"
ATTRIBUTES: Mapping[str, Attribute] = {
    **COMMON,
    "network_id": Attribute(uuid, REQUIRED, update=False),
    "ip_version": Attribute(integer, 4, update=False),
    "cidr": Attribute(text(), update=False),
    "gateway_ip": Attribute(nullable(address), _UNSET),
    "allocation_pools": Attribute(listed(mapping({"start": address, "end": address}))),
    "enable_dhcp": Attribute(boolean, default=True),
    "dns_nameservers": Attribute(listed(text()), ()),
    "host_routes": Attribute(listed(mapping({"destination": text(), "nexthop": address})), ()),
}
_FILTERABLE = (*standard.FILTERABLE, "network_id", "ip_version", "cidr", "gateway_ip", "enable_dhcp")


def index(request: Request) -> Reply:
    """GET /v2.0/subnets: of the networks that the caller may see."""
    seen = [_view(each) for each in request.cloud.network.subnets if _visible(request, each)]
    return lists.respond(request, "subnets", seen, filterable=_FILTERABLE)


def create(request: Request) -> Reply:
    """POST /v2.0/subnets: one or many."""
    given, bulk = parse_create(request, "subnet", ATTRIBUTES)
    state = request.cloud.network
    for each in given:
        network = networks.find(request, each["network_id"])
        if not request.caller.sees(network.project_id):
            raise errors.forbidden("rule:create_subnet")
    quotas.reserve(state, given[0]["project_id"], "subnet", len(given))
    views = [_view(state.subnets.add(_new(request, each))) for each in given]
    return Reply(201, {"subnets": views} if bulk else {"subnet": views[0]})


def show(request: Request, subnet_id: str) -> Reply:
    """GET /v2.0/subnets/{subnet_id}."""
    return Reply(200, {"subnet": lists.only_fields(request, _view(find(request, subnet_id)))})


def update(request: Request, subnet_id: str) -> Reply:
    """PUT /v2.0/subnets/{subnet_id}."""
    subnet = standard.find(request, request.cloud.network.subnets, "Subnet", subnet_id)
    standard.change(request, subnet, parse_update(request, "subnet", ATTRIBUTES, _view(subnet)))
    return Reply(200, {"subnet": _view(subnet)})


def delete(request: Request, subnet_id: str) -> Reply:
    """DELETE /v2.0/subnets/{subnet_id}: 409 while a port has an address in it."""
    state = request.cloud.network
    subnet = standard.find(request, state.subnets, "Subnet", subnet_id)
    if any(fixed.subnet_id == subnet.id for port in state.ports for fixed in port.fixed_ips):
        raise errors.conflict(
            "SubnetInUse",
            f"Unable to complete operation on subnet {subnet.id}: One or more ports have an IP allocation from this"
            " subnet.",
        )
    state.subnets.remove(subnet.id)
    return Reply(204)


def find(request: Request, subnet_id: str) -> Subnet:
    """Return a subnet that the caller may see."""
    subnet = request.cloud.network.subnets.get(subnet_id)
    if subnet is None or not _visible(request, subnet):
        raise errors.not_found("Subnet", subnet_id)
    return subnet


def _visible(request: Request, subnet: Subnet) -> bool:
    network = request.cloud.network.networks.get(subnet.network_id)
    return network is not None and networks.visible(request, network)


def _new(request: Request, given: Json) -> Subnet:
    if not given["cidr"]:
        raise errors.bad_resource("subnets", "a subnetpool must be specified in the absence of a cidr")
    try:
        cidr = ipaddress.ip_network(given["cidr"], strict=False)
    except ValueError:
        raise errors.invalid_input(f"{given['cidr']} is not in a CIDR format") from None
    if cidr.version != given["ip_version"]:
        raise errors.invalid_input(f"cidr '{cidr}' does not match the ip_version '{given['ip_version']}'")
    for other in request.cloud.network.subnets.where(network_id=given["network_id"]):
        if cidr.version == other.ip_version and cidr.overlaps(ipaddress.ip_network(other.cidr)):
            raise errors.invalid_input(
                f"Requested subnet with cidr: {cidr} for network: {given['network_id']} overlaps with another subnet"
            )
    gateway = str(cidr.network_address + 1) if given["gateway_ip"] == _UNSET else given["gateway_ip"]
    names = ("network_id", "ip_version", "enable_dhcp", "dns_nameservers", "host_routes")
    return Subnet(
        id=new_uuid(),
        cidr=str(cidr),
        gateway_ip=gateway,
        allocation_pools=_pools(cidr, gateway, given["allocation_pools"]),
        **{name: given[name] for name in names},
        **standard.common(request, given),
    )


def _pools(cidr: Any, gateway: str | None, given: list[dict[str, str]] | None) -> list[dict[str, str]]:
    """Return the given pools, each within the subnet.

    The default is all addresses except the first, last and gateway.
    """
    for pool in given or ():
        if not all(ipaddress.ip_address(pool[end]) in cidr for end in ("start", "end")):
            message = f"The allocation pool {pool['start']}-{pool['end']} spans beyond the subnet cidr {cidr}."
            raise ApiError(400, "OutOfBoundsAllocationPool", message)
    if given is not None:
        return given
    first, last = cidr.network_address + 1, cidr.broadcast_address - (1 if cidr.version == 4 else 0)  # noqa: PLR2004 - IP version
    spans = [(first, last)]
    if gateway is not None and first <= ipaddress.ip_address(gateway) <= last:
        own = ipaddress.ip_address(gateway)
        spans = [(first, own - 1), (own + 1, last)]
    return [{"start": str(start), "end": str(end)} for start, end in spans if start <= end]


def _view(subnet: Subnet) -> Json:
    return {
        **standard.view(subnet),
        "network_id": subnet.network_id,
        "ip_version": subnet.ip_version,
        "subnetpool_id": None,
        "enable_dhcp": subnet.enable_dhcp,
        "ipv6_ra_mode": None,
        "ipv6_address_mode": None,
        "gateway_ip": subnet.gateway_ip,
        "cidr": subnet.cidr,
        "allocation_pools": subnet.allocation_pools,
        "host_routes": subnet.host_routes,
        "dns_nameservers": subnet.dns_nameservers,
        "service_types": [],
    }
