"""How long a guest takes for things, and whether it is to misbehave: who tests says so, somewhere."""

from typing import Protocol

from trove_lab.local.control import Control
from trove_lab.local.guests.events import Server


class Behaviour(Protocol):
    """What is asked of the guests. It is asked anew each time, so that a change counts at once."""

    def seconds(self, operation: str) -> float:
        """Return the duration of ``guest.<operation>`` in seconds."""

    def misbehaves(self, kind: str, instance_id: str, server: Server, call: str = "") -> bool:
        """Say whether a guest is to misbehave in this way now. Each time it is told so is counted."""

    def volume_size(self, instance_id: str, server: Server) -> int:
        """Return the size in GB of the data volume the server sees; 0 without one."""


class CloudBehaviour:
    """What was told to the emulated cloud, by its control API."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def seconds(self, operation: str) -> float:
        """Return the duration of ``guest.<operation>`` in seconds."""
        return float(self._control.get("durations")[f"guest.{operation}"])

    def misbehaves(self, kind: str, instance_id: str, server: Server, call: str = "") -> bool:
        """Say whether a guest is to misbehave in this way now. Each time it is told so is counted."""
        question = {"kind": kind, "instance": [instance_id, server.name], "flavor": server.flavor, "call": call}
        return bool(self._control.post("guests/meet", question)["meet"])

    def volume_size(self, instance_id: str, server: Server) -> int:
        """Return the size in GB of the instance's data volume, by the name Trove gives it; 0 without one."""
        del server
        volumes = self._control.get("inventory")["volumes"]
        return max((volume["size"] for volume in volumes if volume["name"] == f"trove-{instance_id}"), default=0)
