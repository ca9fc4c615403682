"""Nova's calls to Neutron in the same cloud, without HTTP: the ports of servers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trove_lab.cloud.http import ApiError
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.network import addresses, quotas, security_groups
from trove_lab.cloud.network.ports import remove
from trove_lab.cloud.network.request import NetworkCloud
from trove_lab.cloud.network.state import FixedIp, Network, Port, SecurityGroup

__all__ = ["FixedIp", "Network", "Port"]


@dataclass
class PlugError(Exception):
    """A port or network is not available to a server. Each reason has a subclass."""

    reason: str
    port_id: str | None = None
    network_id: str | None = None

    def __str__(self) -> str:
        return self.reason


class PortNotFoundError(PlugError):
    """No port of the project has this id."""


class PortInUseError(PlugError):
    """The port belongs to another server."""


class NetworkNotFoundError(PlugError):
    """No network that the project may use has this id."""


class FixedIpInUseError(PlugError):
    """The address is in use."""


class FixedIpInvalidError(PlugError):
    """The address is not on the network."""


class NoMoreAddressesError(PlugError):
    """All addresses of the network are in use."""


class SecurityGroupNotFoundError(PlugError):
    """No security group of the project has this name or id."""


class PortQuotaError(PlugError):
    """The project's quota of ports is exhausted."""


_REFUSALS = {
    "IpAddressAlreadyAllocated": FixedIpInUseError,
    "IpAddressGenerationFailure": NoMoreAddressesError,
    "InvalidIpForNetwork": FixedIpInvalidError,
    "OverQuota": PortQuotaError,
}


def plug(
    cloud: NetworkCloud,
    *,
    project_id: str,
    server_id: str,
    host: str,
    az: str,
    port_id: str | None = None,
    network_id: str | None = None,
    fixed_ip: str | None = None,
    security_groups: Sequence[str] = (),
) -> Port:
    """Bind a given port to a server, or create one on a network. Raise a PlugError when that is impossible."""
    if port_id is not None:
        port = _given_port(cloud, project_id, port_id)
    else:
        port = _make_port(cloud, project_id, network_id or "", fixed_ip, security_groups)
    port.bound = 1 + max((each.bound for each in ports_of(cloud, server_id)), default=0)
    port.device_id, port.device_owner, port.host_id, port.status = server_id, f"compute:{az}", host, "ACTIVE"
    port.revision_number += 1
    return port


def unplug(cloud: NetworkCloud, server_id: str) -> None:
    """Unbind a server's ports. Those that Nova created are deleted, the others remain."""
    for port in ports_of(cloud, server_id):
        unplug_port(cloud, port.id)


def unplug_port(cloud: NetworkCloud, port_id: str) -> None:
    """Unbind one port of a server."""
    port = cloud.network.ports.get(port_id)
    if port is None:
        return
    if port.made_by_nova:
        remove(cloud.network, port)
        return
    port.device_id = port.device_owner = port.host_id = ""
    port.status = "DOWN"
    port.revision_number += 1


def ports_of(cloud: NetworkCloud, server_id: str) -> list[Port]:
    """Return a server's ports, in the order in which they were bound."""
    return sorted(cloud.network.ports.where(device_id=server_id), key=lambda port: port.bound)


def rehost(cloud: NetworkCloud, server_id: str, host: str) -> None:
    """Bind a server's ports to the host that it moved to."""
    for port in ports_of(cloud, server_id):
        port.host_id = host


def find_port(cloud: NetworkCloud, project_id: str, port_id: str) -> Port | None:
    """Return a port of a project, or None."""
    port = cloud.network.ports.get(port_id)
    return port if port and port.project_id == project_id else None


def find_security_group(cloud: NetworkCloud, project_id: str, name_or_id: str) -> SecurityGroup | None:
    """Return a security group of a project by id or name, or None."""
    if name_or_id == "default":
        return security_groups.default_of(cloud, project_id)
    groups = cloud.network.security_groups.where(project_id=project_id)
    return next((group for group in groups if name_or_id in (group.id, group.name)), None)


def visible_network(cloud: NetworkCloud, project_id: str, network_id: str) -> Network | None:
    """Return a network on which the project may create ports, or None."""
    return next((network for network in networks_of(cloud, project_id) if network.id == network_id), None)


def networks_of(cloud: NetworkCloud, project_id: str) -> list[Network]:
    """Return the networks on which a project may create ports: its own, shared and external ones."""
    return [each for each in cloud.network.networks if each.project_id == project_id or each.shared or each.external]


def _given_port(cloud: NetworkCloud, project_id: str, port_id: str) -> Port:
    port = find_port(cloud, project_id, port_id)
    if port is None:
        raise PortNotFoundError(f"Port id {port_id} could not be found.", port_id=port_id)
    if port.device_id:
        raise PortInUseError(f"Port {port_id} is still in use.", port_id=port_id)
    return port


def _make_port(
    cloud: NetworkCloud, project_id: str, network_id: str, fixed_ip: str | None, groups: Sequence[str]
) -> Port:
    state = cloud.network
    if visible_network(cloud, project_id, network_id) is None:
        raise NetworkNotFoundError(f"Network {network_id} could not be found.", network_id=network_id)
    found = []
    for name_or_id in groups or ("default",):
        group = find_security_group(cloud, project_id, name_or_id)
        if group is None:
            raise SecurityGroupNotFoundError(f"Security group {name_or_id} not found.", network_id=network_id)
        found.append(group.id)
    try:
        quotas.reserve(state, project_id, "port")
        fixed = addresses.allocate(state, network_id, [{"ip_address": fixed_ip}] if fixed_ip else None)
    except ApiError as error:
        raise _REFUSALS.get(error.kind, PlugError)(error.message, network_id=network_id) from error
    now = cloud.clock.now()
    port = Port(
        id=new_uuid(),
        project_id=project_id,
        network_id=network_id,
        mac_address=state.new_mac(),
        fixed_ips=fixed,
        security_group_ids=found,
        made_by_nova=True,
        created_at=now,
        updated_at=now,
    )
    return state.ports.add(port)
