"""The kinds of resources an instance has."""

from enum import Enum
from typing import Self

from trove_resources.markers import PortRole, VolumeRole


class ResourceKind(Enum):
    """A kind of resource. Its value is its role; ``title`` is its name in messages, and what ``str`` returns.

    The role is the middle part of the names of steps, the name of the resource in the template of a stack, and what a
    stored record holds: ``ResourceKind("data_volume")`` reads it back.
    """

    SERVER = "server", "server"
    ROOT_VOLUME = "root_volume", "root volume"
    DATA_VOLUME = "data_volume", "data volume"
    USER_PORT = "user_port", "user port"
    MANAGEMENT_PORT = "management_port", "management port"
    PORT = "port", "port"
    """A port whose role is unknown."""
    FLOATING_IP = "floating_ip", "floating IP"
    SECURITY_GROUP = "security_group", "security group"
    DNS_RECORD = "dns_record", "DNS record"
    SERVER_GROUP = "server_group", "server group"
    STACK = "stack", "stack"
    DATABASE = "database", "database"
    """What the guest runs on the server."""
    FILE_SYSTEM = "file_system", "file system"
    """What the guest mounts from the data volume."""

    title: str

    def __new__(cls, role: str, title: str) -> Self:
        """Return the member of a role."""
        member = object.__new__(cls)
        member._value_ = role
        member.title = title
        return member

    @property
    def role(self) -> str:
        """The stable identifier, such as ``floating_ip``."""
        return str(self.value)

    def __str__(self) -> str:
        return self.title

    @classmethod
    def of_role(cls, role: str) -> Self | None:
        """Return the kind of a role, or None when no kind has it."""
        return next((kind for kind in cls if kind.role == role), None)

    @classmethod
    def of_port(cls, role: PortRole | None) -> Self:
        """Return the kind of a port with this role."""
        return {"user": cls.USER_PORT, "management": cls.MANAGEMENT_PORT, None: cls.PORT}[role]

    @classmethod
    def of_volume(cls, role: VolumeRole) -> Self:
        """Return the kind of a volume with this role."""
        return {"data": cls.DATA_VOLUME, "root": cls.ROOT_VOLUME}[role]
