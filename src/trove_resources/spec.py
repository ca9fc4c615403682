"""What an instance should have: pure values, made once, when the instance is created."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from trove_resources.errors import InvalidSpecError
from trove_resources.markers import PortRole, VolumeRole

HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpec:
    """Who may reach which ports: one protocol, one range, one CIDR."""

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
    """A security group of the instance's own."""

    name: str
    rules: tuple[RuleSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSpec:
    """A port. Of the groups it has, ``own_group`` is the instance's own, ``security_group_ids`` are the operator's."""

    role: PortRole
    network_id: str
    subnet_id: str | None = None
    ip_address: str | None = None
    own_group: bool = True
    security_group_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeSpec:
    """A volume; ``size`` in GiB. A root volume has an ``image_id``, a restored one a ``snapshot_id``."""

    role: VolumeRole
    size: int
    type: str | None = None
    availability_zone: str | None = None
    snapshot_id: str | None = None
    image_id: str | None = None
    device_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nic:
    """What user data says of the user port, once there is one."""

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
    """A server group, given to the scheduler as a hint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceSpec:
    """All resources of a new instance.

    ``ports`` has the user port first, as the guest expects. Without ports Nova makes one on whatever network the
    project has, and the server is given the security group. ``public`` asks for a floating IP on the user port, in the
    tenant's project. ``user_data`` renders what cloud-init gets, once it is known what the user port is; it may hold
    secrets and is kept out of every representation.
    """

    instance_id: str
    tenant_id: str
    server: ServerSpec
    user_data: Callable[[Nic | None], str] = field(repr=False)
    ports: tuple[PortSpec, ...] = ()
    public: bool = False
    security_group: SecurityGroupSpec | None = None
    data_volume: VolumeSpec | None = None
    root_volume: VolumeSpec | None = None
    isolated: bool = False
    """Whether user data needs to know the user port."""
    dns: bool = False

    def port(self, role: PortRole) -> PortSpec | None:
        """Return the port with this role, or None."""
        return next((port for port in self.ports if port.role == role), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlavorSpec:
    """A flavor, by id; the name is what Nova shows of a server's flavor."""

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
    """Who may reach an instance; what is None stays as it is.

    ``former_cidrs`` is who might until now: the ports that are open to them are the database's, whatever options say
    today. ``port_ranges`` is for an instance that was open to nobody.
    """

    public: bool | None = None
    cidrs: tuple[str, ...] | None = None
    former_cidrs: tuple[str, ...] = ()
    port_ranges: tuple[PortRange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildSpec:
    """What a server is rebuilt from. ``user_data`` and ``isolated`` as in :class:`InstanceSpec`."""

    image_id: str
    user_data: Callable[[Nic | None], str] = field(repr=False)
    isolated: bool = False


def check_access(access: AccessSpec) -> AccessSpec:
    """Return the access if it can be. Raises InvalidSpecError with the field that cannot."""
    for cidr in access.cidrs or ():
        _check_cidr(cidr)
    return access


def check(spec: InstanceSpec) -> InstanceSpec:
    """Return the spec if it can be. Raises InvalidSpecError with the field that cannot."""
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
        raise InvalidSpecError("nics", "one user network is all an instance can have")
    for port in spec.ports:
        if port.ip_address and not port.subnet_id:
            raise InvalidSpecError("nics.ip_address", "an address needs its subnet")


def _check_volumes(spec: InstanceSpec) -> None:
    if spec.server.image_id is None and spec.root_volume is None:
        raise InvalidSpecError("image_id", "neither an image nor a root volume to boot from")
    if spec.server.image_id is not None and spec.root_volume is not None:
        raise InvalidSpecError("volume_rootdisk_support", "the server boots from its root volume: it has no image")
    for volume in (spec.data_volume, spec.root_volume):
        if volume is not None and volume.size < 1:
            raise InvalidSpecError(f"volume.size ({volume.role})", f"{volume.size} GiB; 1 is the least")


def _check_rule(rule: RuleSpec) -> None:
    _check_cidr(rule.cidr)
    if not 0 <= rule.port_min <= rule.port_max <= HIGHEST_PORT:
        raise InvalidSpecError(f"{rule.protocol}_ports", f"{rule.port_min}-{rule.port_max} is no range of ports")


def _check_cidr(cidr: str) -> None:
    try:
        ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise InvalidSpecError("access.allowed_cidrs", f"{cidr!r} is no CIDR") from None
