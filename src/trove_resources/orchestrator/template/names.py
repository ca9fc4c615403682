"""What the resources of a stack are called in its template, and what it tells of them. Both are an on-disk format."""

from dataclasses import dataclass
from typing import Final

from trove_resources.markers import PortRole, VolumeRole

VERSION: Final = "1"
"""Of the template; the tags of a stack say with which it was made."""
HOT: Final = "2018-08-31"

SERVER: Final = "server"
SECURITY_GROUP: Final = "security_group"
FLOATING_IP: Final = "floating_ip"
DNS_RECORD: Final = "dns_record"
USER_DATA: Final = "user_data"
"""A hidden parameter: Heat shows none of it, and encrypts it where it is told to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Types:
    """What a stack's server and volumes are of. A resource's type is chosen once and stays."""

    server: str
    volume: str


PLUG_IN: Final = Types(server="Trove::Nova::Server", volume="Trove::Cinder::Volume")
"""Where heat-engine has our plug-in."""
STOCK: Final = Types(server="OS::Nova::Server", volume="OS::Cinder::Volume")


def port(role: PortRole) -> str:
    """Return the name of a port."""
    return f"{role}_port"


def volume(role: VolumeRole) -> str:
    """Return the name of a volume."""
    return f"{role}_volume"


KEPT: Final = (SERVER, volume("data"), volume("root"), port("user"), port("management"))
"""What nothing may be put in the place of."""
