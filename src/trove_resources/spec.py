"""The resources an instance should have: pure values, made once, when the instance is created."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from trove_resources.errors import InvalidSpecError
from trove_resources.markers import PortRole, VolumeRole

HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec:
    """A rule that lets clients in: one protocol, one range of ports, one CIDR."""

    protocol: str
    port_min: int
    port_max: int
    cidr: str

    @property
    def ethertype(self) -> str:
        """``IPv4`` or ``IPv6``."""
        return f"IPv{ipaddress.ip_network(self.cidr, strict=False).version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroupSpec:
    """The instance's own security group."""

    name: str
    rules: tuple[RuleSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSpec:
    """A port.

    ``own_group``: whether it gets the instance's own security group; ``security_group_ids`` are the operator's.
    """

    role: PortRole
    network_id: str
    subnet_id: str | None = None
    ip_address: str | None = None
    own_group: bool = True
    security_group_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeSpec:
    """A volume; ``size`` in GiB. A root volume has an ``image_id``, a restored volume a ``snapshot_id``."""

    role: VolumeRole
    size: int
    type: str | None = None
    availability_zone: str | None = None
    snapshot_id: str | None = None
    image_id: str | None = None
    device_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """What user data says about the user port, once that exists."""

    mac_address: str
    ipv4: Mapping[str, object] = field(default_factory=dict)
    """``ipv4_address``, ``ipv4_cidr``, ``ipv4_gateway``, ``ipv4_host_routes``."""
    ipv6: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSpec:
    """A server. Without an ``image_id`` it boots from the root volume."""

    name: str
    flavor_id: str
    image_id: str | None
    metadata: Mapping[str, str]
    tags: tuple[str, ...]
    availability_zone: str | None = None
    key_name: str | None = None
    config_drive: bool = False
    group_id: str | None = None
    """A server group, passed to the scheduler as a hint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceSpec:
    """All resources of a new instance.

    ``ports`` has the user port first, as the guest expects. Without ports Nova creates one on the project's network,
    and applies the security group to the server. ``public`` requests a floating IP on the user port, in the tenant's
    project. ``user_data`` renders what cloud-init gets, once the user port is known; it may hold secrets, so it is in
    no representation of the spec. ``engine`` is the engine in the instance's row.
    """

    instance_id: str
    tenant_id: str
    engine: str | None = None
    server: ServerSpec
    user_data: Callable[[Nic | None], str] = field(repr=False)
    ports: tuple[PortSpec, ...] = ()
    public: bool = False
    security_group: SecurityGroupSpec | None = None
    data_volume: VolumeSpec | None = None
    root_volume: VolumeSpec | None = None
    isolated: bool = False
    """Whether user data describes the user port."""
    dns: bool = False

    def port(self, role: PortRole) -> PortSpec | None:
        """Return the port with a role, or None."""
        return next((port for port in self.ports if port.role == role), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlavorSpec:
    """A flavor. Nova shows the name, not the id, of a server's flavor."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortRange:
    """Ports of the database: one protocol, one range."""

    protocol: str
    port_min: int
    port_max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSpec:
    """Who may reach an instance. A field that is None stays as it is.

    ``former_cidrs`` are the networks that were allowed until now: the ports that are open to them are the database's,
    whatever the options say today. ``port_ranges`` is for an instance that was open to no network.
    """

    public: bool | None = None
    cidrs: tuple[str, ...] | None = None
    former_cidrs: tuple[str, ...] = ()
    port_ranges: tuple[PortRange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildSpec:
    """What a server is rebuilt from. ``user_data`` and ``isolated`` are as in :class:`InstanceSpec`."""

    image_id: str
    user_data: Callable[[Nic | None], str] = field(repr=False)
    isolated: bool = False


def check_access(access: AccessSpec) -> AccessSpec:
    """Return the access if it is valid. Raises InvalidSpecError with the invalid field."""
    for cidr in access.cidrs or ():
        _check_cidr(cidr)
    return access


def check(spec: InstanceSpec) -> InstanceSpec:
    """Return the spec if it is valid. Raises InvalidSpecError with the invalid field."""
    _check_ports(spec)
    _check_volumes(spec)
    for rule in spec.security_group.rules if spec.security_group else ():
        _check_rule(rule)
    return spec


def _check_ports(spec: InstanceSpec) -> None:
    if spec.public and spec.port("user") is None:
        raise InvalidSpecError("access.is_public", "a floating IP needs a user port, and the instance has none")
    roles = [port.role for port in spec.ports]
    if len(set(roles)) < len(roles):
        raise InvalidSpecError("nics", "an instance can have one user network only")
    for port in spec.ports:
        if port.ip_address and not port.subnet_id:
            raise InvalidSpecError("nics.ip_address", "an IP address needs its subnet")


def _check_volumes(spec: InstanceSpec) -> None:
    if spec.server.image_id is None and spec.root_volume is None:
        raise InvalidSpecError("image_id", "there is neither an image nor a root volume to boot from")
    if spec.server.image_id is not None and spec.root_volume is not None:
        raise InvalidSpecError(
            "volume_rootdisk_support", "a server that boots from a root volume has no image of its own"
        )
    for volume in (spec.data_volume, spec.root_volume):
        if volume is not None and volume.size < 1:
            raise InvalidSpecError(f"volume.size ({volume.role})", f"{volume.size} GiB is too small; the minimum is 1")


def _check_rule(rule: RuleSpec) -> None:
    _check_cidr(rule.cidr)
    if not 0 <= rule.port_min <= rule.port_max <= HIGHEST_PORT:
        raise InvalidSpecError(
            f"{rule.protocol}_ports", f"{rule.port_min}-{rule.port_max} is not a valid range of ports"
        )


def _check_cidr(cidr: str) -> None:
    try:
        ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise InvalidSpecError("access.allowed_cidrs", f"{cidr!r} is not a CIDR") from None
