"""The state of Neutron."""

import itertools
from dataclasses import dataclass, field

from trove_lab.cloud.table import Table


@dataclass(slots=True, kw_only=True)
class Standard:
    """The attributes that all of Neutron's resources have."""

    id: str
    project_id: str
    name: str = ""
    description: str = ""
    tags: list[str] = field(default_factory=list)
    revision_number: int = 1
    created_at: float = 0.0
    updated_at: float = 0.0


@dataclass(slots=True, kw_only=True)
class Network(Standard):
    """A network. ``external`` networks provide floating IPs."""

    admin_state_up: bool = True
    shared: bool = False
    external: bool = False
    mtu: int = 1450
    port_security_enabled: bool = True
    dns_domain: str = ""
    status: str = "ACTIVE"


@dataclass(slots=True, kw_only=True)
class Subnet(Standard):
    """A subnet: a block of addresses on a network."""

    network_id: str
    cidr: str
    ip_version: int
    gateway_ip: str | None
    allocation_pools: list[dict[str, str]]
    enable_dhcp: bool = True
    dns_nameservers: list[str] = field(default_factory=list)
    host_routes: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FixedIp:
    """An address of a port."""

    subnet_id: str
    ip_address: str


@dataclass(slots=True, kw_only=True)
class Port(Standard):
    """A port. Nova deletes a port that is ``made_by_nova`` with its server."""

    network_id: str
    mac_address: str
    fixed_ips: list[FixedIp] = field(default_factory=list)
    security_group_ids: list[str] = field(default_factory=list)
    admin_state_up: bool = True
    status: str = "DOWN"
    device_id: str = ""
    device_owner: str = ""
    host_id: str = ""
    vnic_type: str = "normal"
    profile: dict[str, object] = field(default_factory=dict)
    port_security_enabled: bool = True
    allowed_address_pairs: list[dict[str, str]] = field(default_factory=list)
    made_by_nova: bool = False
    bound: int = 0
    """Its position in the order in which the ports of its server were bound."""


@dataclass(slots=True, kw_only=True)
class SecurityGroup(Standard):
    """A security group. ``is_default``: the ``default`` group of its project."""

    stateful: bool = True
    is_default: bool = False


@dataclass(slots=True, kw_only=True)
class SecurityGroupRule(Standard):
    """A rule of a security group."""

    security_group_id: str
    direction: str
    ethertype: str = "IPv4"
    protocol: str | None = None
    port_range_min: int | None = None
    port_range_max: int | None = None
    remote_ip_prefix: str | None = None
    remote_group_id: str | None = None


@dataclass(slots=True, kw_only=True)
class Router(Standard):
    """A router. ``gateway_network_id`` is its external network, ``gateway_ips`` are its addresses there."""

    admin_state_up: bool = True
    gateway_network_id: str | None = None
    gateway_ips: list[FixedIp] = field(default_factory=list)
    enable_snat: bool = True
    routes: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class FloatingIp(Standard):
    """A floating IP. It may be associated with a port."""

    floating_network_id: str
    floating_subnet_id: str
    floating_ip_address: str
    port_id: str | None = None
    fixed_ip_address: str | None = None
    router_id: str | None = None

    @property
    def status(self) -> str:
        """ACTIVE while it is associated, as if an L3 agent ran."""
        return "ACTIVE" if self.port_id else "DOWN"


class State:
    """The whole state of Neutron."""

    def __init__(self) -> None:
        self.networks: Table[Network] = Table()
        self.subnets: Table[Subnet] = Table()
        self.ports: Table[Port] = Table()
        self.security_groups: Table[SecurityGroup] = Table()
        self.rules: Table[SecurityGroupRule] = Table()
        self.routers: Table[Router] = Table()
        self.floating_ips: Table[FloatingIp] = Table()
        self.quotas: dict[str, dict[str, int]] = {}
        """Limits that were set, by project and resource."""
        self._macs = itertools.count(1)

    def new_mac(self) -> str:
        """Return a MAC address that is not in use."""
        number = next(self._macs)
        return f"fa:16:3e:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"
