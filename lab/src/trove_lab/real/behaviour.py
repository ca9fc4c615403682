"""What tests ask of the guests of a real cloud, which has no control API: the guests' own process is told."""

import threading
from typing import Final

from trove_lab.cloud.clock import SystemClock
from trove_lab.cloud.control.guests import Guests
from trove_lab.cloud.transitions import Transitions
from trove_lab.local.guests.events import Server


class ToldBehaviour:
    """Rules and durations, as the emulated cloud has them, in this process."""

    def __init__(self) -> None:
        self.lock: Final = threading.RLock()
        self.guests: Final = Guests()
        self.transitions: Final = Transitions(SystemClock())

    def seconds(self, operation: str) -> float:
        """Return the duration of ``guest.<operation>`` in seconds."""
        with self.lock:
            return self.transitions.durations[f"guest.{operation}"]

    def misbehaves(self, kind: str, instance_id: str, server: Server, call: str = "") -> bool:
        """Say whether a guest is to misbehave in this way now. Each time it is told so is counted."""
        with self.lock:
            return self.guests.meet(kind, instance={instance_id, server.name}, flavor=server.flavor, call=call)

    def volume_size(self, instance_id: str, server: Server) -> int:
        """Return the size in GB of the data volume the server's host shows it: Cinder's may be larger already."""
        del instance_id
        return max(server.volumes.values(), default=0)
