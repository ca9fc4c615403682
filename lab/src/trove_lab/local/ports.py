"""Ports on the loopback interface for services that bind them later, in processes of their own."""

import random
import socket

_RANGE = range(20_000, 32_768)
"""Below the ports that Linux assigns by itself (``ip_local_port_range``): between the choice of a port and its use,
any connection of any process might be assigned it."""
_TRIES = 100


def free_port() -> int:
    """Return a port that is not in use. Raises OSError when none is found."""
    for port in random.sample(_RANGE, _TRIES):
        try:
            check_free(port)
        except OSError:
            continue
        return port
    raise OSError(f"none of {_TRIES} ports from {_RANGE.start} to {_RANGE.stop - 1} is free")


def check_free(port: int) -> None:
    """Raise OSError when the port is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
