"""The state of Nova."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from trove_lab.cloud.compute import states
from trove_lab.cloud.table import Table


@dataclass(slots=True, kw_only=True)
class Flavor:
    """A flavor. Each server has a copy of its own, which survives changes and deletion of the flavor."""

    id: str
    """The id that clients use; Nova's ``flavorid``."""
    number: int
    """The id in Nova's database, which migrations show."""
    name: str
    ram: int
    """MiB."""
    vcpus: int
    disk: int
    """GiB."""
    created_at: float
    ephemeral: int = 0
    """GiB."""
    swap: int = 0
    """MiB."""
    rxtx_factor: float = 1.0
    is_public: bool = True
    description: str | None = None
    extra_specs: dict[str, str] = field(default_factory=dict)
    project_ids: list[str] = field(default_factory=list)
    """The projects that may use the flavor if it is private."""

    def copy(self) -> "Flavor":
        """Return the copy for a server."""
        return replace(self, extra_specs=dict(self.extra_specs), project_ids=[])


@dataclass(slots=True, kw_only=True)
class Keypair:
    """A public key of a user."""

    id: str
    """User and name, because names are unique per user."""
    number: int
    name: str
    user_id: str
    type: str
    public_key: str
    fingerprint: str
    created_at: float


@dataclass(slots=True, kw_only=True)
class ServerGroup:
    """A server group; ``rules`` may hold ``max_server_per_host``."""

    id: str
    name: str
    project_id: str
    user_id: str
    policy: str
    rules: dict[str, int] = field(default_factory=dict)
    members: list[str] = field(default_factory=list)
    """Ids of servers, including deleted ones."""


@dataclass(slots=True, kw_only=True)
class BlockDevice:
    """A block device of a server: a disk on its host, or a volume."""

    id: str
    source_type: str
    """``image``, ``volume``, ``snapshot`` or ``blank``."""
    destination_type: str
    """``local`` or ``volume``."""
    boot_index: int | None = None
    source_id: str | None = None
    volume_id: str | None = None
    volume_size: int | None = None
    """GiB."""
    volume_type: str | None = None
    device_name: str | None = None
    delete_on_termination: bool = False
    tag: str | None = None
    attachment_id: str | None = None
    """The id of the attachment in Cinder."""

    @property
    def is_root(self) -> bool:
        """Whether the server boots from this device."""
        return self.boot_index == 0


@dataclass(slots=True, kw_only=True)
class Fault:
    """Why a server failed. Only administrators see the details."""

    code: int
    message: str
    created_at: float
    details: str = ""


@dataclass(slots=True, kw_only=True)
class Migration:
    """A resize or migration of a server, from ``source`` to ``target``."""

    id: int
    uuid: str
    server_id: str
    kind: str
    """``resize`` or ``migration``."""
    status: str
    source: str
    target: str | None
    old_flavor: Flavor
    new_flavor: Flavor
    was_stopped: bool
    old_disk_config: str
    user_id: str
    project_id: str
    created_at: float
    updated_at: float


@dataclass(slots=True, kw_only=True)
class ActionEvent:
    """A step of an action on a host."""

    event: str
    start_time: float
    host: str | None
    finish_time: float | None = None
    result: str | None = None
    details: str | None = None


@dataclass(slots=True, kw_only=True)
class Action:
    """An action on a server."""

    action: str
    request_id: str
    user_id: str
    project_id: str
    start_time: float
    updated_at: float
    message: str | None = None
    events: list[ActionEvent] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Server:
    """A server. A deleted server remains, with the time of its deletion in ``deleted_at``."""

    id: str
    number: int
    name: str
    hostname: str
    project_id: str
    user_id: str
    created_at: float
    updated_at: float
    flavor: Flavor
    image_id: str
    """Empty if the server boots from a volume."""
    reservation_id: str
    launch_index: int = 0
    vm_state: str = states.BUILDING
    task_state: str | None = "scheduling"
    power_state: int = states.NO_STATE
    host: str | None = None
    availability_zone: str = ""
    """The requested zone."""
    pinned_availability_zone: str | None = None
    image_properties: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    key_name: str | None = None
    user_data: str | None = None
    """Base64, as given."""
    config_drive: str = ""
    """``True`` or empty."""
    disk_config: str = "MANUAL"
    access_ip_v4: str = ""
    access_ip_v6: str = ""
    scheduler_hints: dict[str, list[str]] = field(default_factory=dict)
    security_groups: list[str] = field(default_factory=list)
    """The requested names or ids. Neutron has those of the ports."""
    devices: list[BlockDevice] = field(default_factory=list)
    port_tags: dict[str, str] = field(default_factory=dict)
    hidden_ports: set[str] = field(default_factory=set)
    """Ids of ports that are still being attached."""
    launched_at: float | None = None
    terminated_at: float | None = None
    deleted_at: float | None = None
    fault: Fault | None = None
    locked_by: str | None = None
    """``owner`` or ``admin``."""
    locked_reason: str | None = None
    migration: Migration | None = None
    """The resize in progress, until it is confirmed or reverted."""
    actions: list[Action] = field(default_factory=list)

    @property
    def status(self) -> str:
        """The status that clients see."""
        return states.status(self.vm_state, self.task_state)

    @property
    def volumes(self) -> list[BlockDevice]:
        """The devices that are volumes."""
        return [device for device in self.devices if device.volume_id is not None]

    @property
    def root_device_name(self) -> str | None:
        """The name of the root device, once it is known."""
        return next((device.device_name for device in self.devices if device.is_root), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host and its capacity. Nothing is overcommitted."""

    name: str
    availability_zone: str = "nova"
    vcpus: int = 512
    ram: int = 524_288
    """MiB."""
    disk: int = 20_000
    """GiB."""


class Hosts:
    """The hosts of the cloud.

    ``resize_to_same_host`` is Nova's ``allow_resize_to_same_host``. It is on, so that three members of an anti-affinity
    group on three hosts can be resized.
    """

    def __init__(self, hosts: Sequence[Host] | None = None, *, resize_to_same_host: bool = True) -> None:
        self._hosts = tuple(hosts or (Host(name=f"compute{number}") for number in (1, 2, 3)))
        self.resize_to_same_host = resize_to_same_host

    def __iter__(self) -> Iterator[Host]:
        """Iterate over the hosts."""
        return iter(self._hosts)

    def get(self, name: str | None) -> Host | None:
        """Return a host by name, or None."""
        return next((host for host in self if host.name == name), None)

    @property
    def zones(self) -> list[str]:
        """The names of the availability zones."""
        return list(dict.fromkeys(host.availability_zone for host in self))


class State:
    """The whole state of Nova."""

    def __init__(self, hosts: Hosts | None = None) -> None:
        self.hosts = hosts or Hosts()
        self.servers: Table[Server] = Table()
        self.flavors: Table[Flavor] = Table()
        self.keypairs: Table[Keypair] = Table()
        self.server_groups: Table[ServerGroup] = Table()
        self.migrations: list[Migration] = []
        self.quotas: dict[str, dict[str, int]] = {}
        """Limits that were set, by project and resource."""
        self.numbers = itertools.count(1)
        """Ids in Nova's database, which some replies show."""

    def undeleted(self, **attributes: Any) -> list[Server]:
        """Return the servers that are not deleted and have these attributes."""
        return [server for server in self.servers.where(**attributes) if server.deleted_at is None]

    def group_of(self, server: Server) -> ServerGroup | None:
        """Return the server group that a server belongs to, or None."""
        return next((group for group in self.server_groups if server.id in group.members), None)
