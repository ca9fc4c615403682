"""What the resources of a stack are called in its template, and what it tells of them. Both are an on-disk format."""

from typing import Final

from trove_resources.markers import PortRole, VolumeRole

VERSION: Final = "1"
"""Of the template; the tags of a stack say with which it was made."""
HOT: Final = "2018-08-31"

SERVER: Final = "server"
SECURITY_GROUP: Final = "security_group"
FLOATING_IP: Final = "floating_ip"
USER_DATA: Final = "user_data"
"""A hidden parameter: Heat shows none of it, and encrypts it where it is told to."""


def port(role: PortRole) -> str:
    """Return the name of a port."""
    return f"{role}_port"


def volume(role: VolumeRole) -> str:
    """Return the name of a volume."""
    return f"{role}_volume"
