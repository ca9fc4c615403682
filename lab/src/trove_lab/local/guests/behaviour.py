"""How long a guest takes for things, and whether it is to misbehave: the emulated cloud's control API says."""

from dataclasses import dataclass

from trove_lab.local.control import Control


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server a guest lives on, as the last event about it said."""

    id: str
    name: str
    flavor: str


class Behaviour:
    """What tests asked of the guests. It is asked anew each time, so that a change counts at once."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def seconds(self, operation: str) -> float:
        """Return the duration of ``guest.<operation>`` in seconds."""
        return float(self._control.get("durations")[f"guest.{operation}"])

    def misbehaves(self, kind: str, instance_id: str, server: Server, call: str = "") -> bool:
        """Say whether a guest is to misbehave in this way now. Each time it is told so is counted."""
        question = {"kind": kind, "instance": [instance_id, server.name], "flavor": server.flavor, "call": call}
        return bool(self._control.post("guests/meet", question)["meet"])

    def volume_size(self, instance_id: str) -> int:
        """Return the size in GB of the instance's data volume, by the name Trove gives it; 0 without one."""
        volumes = self._control.get("inventory")["volumes"]
        return max((volume["size"] for volume in volumes if volume["name"] == f"trove-{instance_id}"), default=0)
