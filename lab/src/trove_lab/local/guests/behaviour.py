"""How long a guest takes for its operations, and how it misbehaves, as tests configure it."""

from typing import Protocol

from trove_lab.local.control import Control
from trove_lab.local.guests.events import Server


class Behaviour(Protocol):
    """The configured behavior of guests. It is read each time, so changes take effect at once."""

    def seconds(self, operation: str) -> float:
        """Return the duration of ``guest.<operation>`` in seconds."""

    def misbehaves(self, kind: str, instance_id: str, server: Server, call: str = "") -> bool:
        """Return whether a guest shall misbehave in this way now. Every True is counted against the rule."""

    def volume_size(self, instance_id: str, server: Server) -> int:
        """Return the size in GB of the server's data volume; 0 without one."""


class CloudBehaviour:
    """The behavior as configured by the control API of the emulated cloud."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def seconds(self, operation: str) -> float:
        """Return the duration of ``guest.<operation>`` in seconds."""
        return float(self._control.get("durations")[f"guest.{operation}"])

    def misbehaves(self, kind: str, instance_id: str, server: Server, call: str = "") -> bool:
        """Return whether a guest shall misbehave in this way now. Every True is counted against the rule."""
        query = {"kind": kind, "instance": [instance_id, server.name], "flavor": server.flavor, "call": call}
        return bool(self._control.post("guests/meet", query)["meet"])

    def volume_size(self, instance_id: str, server: Server) -> int:
        """Return the size in GB of the instance's data volume, by the name Trove gives it; 0 without one."""
        del server
        volumes = self._control.get("inventory")["volumes"]
        return max((volume["size"] for volume in volumes if volume["name"] == f"trove-{instance_id}"), default=0)
