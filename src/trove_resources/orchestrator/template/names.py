"""The names of the resources, parameters and types in a stack's template. They are a stored format."""

from dataclasses import dataclass
from typing import Final

from trove_resources.kinds import ResourceKind
from trove_resources.markers import PortRole, VolumeRole

VERSION: Final = "1"
"""The version of the template. A stack's tags hold the version it was created with."""
HOT: Final = "2018-08-31"


def port(role: PortRole) -> str:
    """Return the name of a port."""
    return ResourceKind.of_port(role).role


def volume(role: VolumeRole) -> str:
    """Return the name of a volume."""
    return ResourceKind.of_volume(role).role


SERVER: Final = ResourceKind.SERVER.role
DATA_VOLUME: Final = volume("data")
ROOT_VOLUME: Final = volume("root")
USER_PORT: Final = port("user")
MANAGEMENT_PORT: Final = port("management")
SECURITY_GROUP: Final = ResourceKind.SECURITY_GROUP.role
FLOATING_IP: Final = ResourceKind.FLOATING_IP.role
DNS_RECORD: Final = ResourceKind.DNS_RECORD.role
SERVER_GROUP: Final = ResourceKind.SERVER_GROUP.role
"""The only resource in the stack of a server group."""

PROTECTED: Final = (SERVER, DATA_VOLUME, ROOT_VOLUME, USER_PORT, MANAGEMENT_PORT)
"""The resources that must never be replaced."""
_ALL: Final = frozenset({*PROTECTED, SECURITY_GROUP, FLOATING_IP, DNS_RECORD, SERVER_GROUP})

USER_DATA: Final = "user_data"
"""A hidden parameter: Heat never shows its value, and encrypts it if configured to."""


def kind_of(name: str) -> ResourceKind | None:
    """Return the kind of a resource in a stack; None for a resource that an operator added to the template."""
    return ResourceKind.of_role(name) if name in _ALL else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Types:
    """The types of a stack's server and volumes. They are chosen when the stack is created, and never change."""

    server: str
    volume: str


PLUG_IN: Final = Types(server="Trove::Nova::Server", volume="Trove::Cinder::Volume")
"""The types of our plug-in of Heat."""
STOCK: Final = Types(server="OS::Nova::Server", volume="OS::Cinder::Volume")
"""Heat's own types."""
