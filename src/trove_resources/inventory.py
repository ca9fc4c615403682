"""The resources an instance has, as observed: pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from trove_resources.markers import PortRole, VolumeRole


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceRef:
    """What Trove's row says about an instance's resources."""

    instance_id: str
    tenant_id: str
    server_id: str | None = None
    volume_id: str | None = None
    stack_id: str | None = None
    engine: str | None = None
    """The engine that owns it. None: the manager that is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server, as Nova shows it."""

    id: str
    name: str
    status: str
    task_state: str | None = None
    fault: str | None = None
    flavor: str | None = None
    """The flavor's name: since microversion 2.47 Nova shows no id."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    volume_ids: tuple[str, ...] = ()
    image_id: str | None = None
    """None for a server that boots from a volume."""
    host: str | None = None
    """None when the service user may not see it."""
    updated_at: datetime | None = None
    """The time of the last change, to the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAction:
    """An action on a server, as Nova records it: ``resize``, ``confirmResize``, ``reboot`` and so on."""

    name: str
    request_id: str
    started_at: datetime
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A volume, as Cinder shows it; ``size`` in GiB."""

    id: str
    role: VolumeRole
    status: str
    size: int
    metadata: Mapping[str, str] = field(default_factory=dict)
    attached_to: tuple[str, ...] = ()
    """The ids of servers."""
    device: str | None = None
    """The device of the first attachment, such as ``/dev/vdb``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A port, as Neutron shows it; ``addresses`` are pairs of a subnet's id and an address."""

    id: str
    role: PortRole | None
    network_id: str
    mac_address: str
    status: str
    description: str
    addresses: tuple[tuple[str, str], ...] = ()
    security_group_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An ingress rule of a security group."""

    id: str
    protocol: str | None
    port_min: int | None
    port_max: int | None
    cidr: str | None
    """None when the rule allows the members of another group instead of a network."""
    ethertype: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityGroup:
    """A security group with its ingress rules."""

    id: str
    name: str
    description: str
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingIp:
    """A floating IP."""

    id: str
    address: str
    port_id: str | None
    project_id: str
    status: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerGroup:
    """A server group with the ids of its members."""

    id: str
    name: str
    policy: str
    member_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Everything the cloud holds for one instance, whoever created it."""

    servers: tuple[Server, ...] = ()
    volumes: tuple[Volume, ...] = ()
    ports: tuple[Port, ...] = ()
    security_groups: tuple[SecurityGroup, ...] = ()
    floating_ips: tuple[FloatingIp, ...] = ()
    dns_names: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the cloud holds nothing."""
        return not any(
            (self.servers, self.volumes, self.ports, self.security_groups, self.floating_ips, self.dns_names)
        )
