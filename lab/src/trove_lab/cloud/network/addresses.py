"""Allocation of IP addresses: which are free on a network, and which a port may have."""

from __future__ import annotations

import ipaddress

from trove_lab.cloud.http import ApiError, Json
from trove_lab.cloud.network import errors
from trove_lab.cloud.network.state import FixedIp, State, Subnet


def used(state: State, subnet_id: str) -> set[str]:
    """Return the addresses of a subnet that are in use by ports, floating IPs and router gateways."""
    fixed = [fixed for port in state.ports for fixed in port.fixed_ips]
    fixed += [FixedIp(each.floating_subnet_id, each.floating_ip_address) for each in state.floating_ips]
    fixed += [fixed for router in state.routers for fixed in router.gateway_ips]
    return {each.ip_address for each in fixed if each.subnet_id == subnet_id}


def allocate(state: State, network_id: str, wanted: list[Json] | None) -> list[FixedIp]:
    """Return addresses for a port: the requested ones (``{"subnet_id", "ip_address"}``, either), or one per IP version.

    Raise Neutron's ApiError when an address is not available.
    """
    subnets = state.subnets.where(network_id=network_id)
    if wanted is not None:
        found: list[FixedIp] = []
        for each in wanted:
            found.append(_wanted(state, network_id, subnets, each, {fixed.ip_address for fixed in found}))
        return found
    addresses = []
    for version in sorted({subnet.ip_version for subnet in subnets}):
        candidates = [subnet for subnet in subnets if subnet.ip_version == version]
        addresses.append(_first_free(state, network_id, candidates, set()))
    return addresses


def _wanted(state: State, network_id: str, subnets: list[Subnet], wanted: Json, taken: set[str]) -> FixedIp:
    subnet_id, address = wanted.get("subnet_id"), wanted.get("ip_address")
    if subnet_id is not None:
        subnet = state.subnets.get(subnet_id)
        if subnet is None:
            raise errors.not_found("Subnet", subnet_id)
        if subnet not in subnets:
            raise errors.invalid_input(
                f"Failed to create port on network {network_id}, because fixed_ips included invalid subnet {subnet_id}"
            )
        subnets = [subnet]
    if address is None:
        return _first_free(state, network_id, subnets, taken)
    holder = next((subnet for subnet in subnets if _holds(subnet, address)), None)
    if holder is None and subnet_id is not None:
        raise ApiError(400, "InvalidIpForSubnet", f"IP address {address} is not a valid IP for the specified subnet.")
    if holder is None:
        message = f"IP address {address} is not a valid IP for any of the subnets on the specified network."
        raise ApiError(400, "InvalidIpForNetwork", message)
    if address in taken | used(state, holder.id):
        raise already_allocated(holder.id, address)
    return FixedIp(holder.id, address)


def already_allocated(subnet_id: str, address: str) -> ApiError:
    """Return the error for an address that is in use."""
    return errors.conflict("IpAddressAlreadyAllocated", f"IP address {address} already allocated in subnet {subnet_id}")


def _holds(subnet: Subnet, address: str) -> bool:
    network, wanted = ipaddress.ip_network(subnet.cidr), ipaddress.ip_address(address)
    return wanted in network and wanted not in (network.network_address, network.broadcast_address)


def _first_free(state: State, network_id: str, subnets: list[Subnet], taken: set[str]) -> FixedIp:
    for subnet in subnets:
        busy = taken | used(state, subnet.id)
        for pool in subnet.allocation_pools:
            first, last = ipaddress.ip_address(pool["start"]), ipaddress.ip_address(pool["end"])
            for offset in range(int(last) - int(first) + 1):
                if str(first + offset) not in busy:
                    return FixedIp(subnet.id, str(first + offset))
    raise errors.conflict("IpAddressGenerationFailure", f"No more IP addresses available on network {network_id}.")
