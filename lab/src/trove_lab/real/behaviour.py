"""The configured behavior of guests on a real cloud, which has no control API: their own process has it."""

import threading
from typing import Final

from trove_lab.cloud.clock import SystemClock
from trove_lab.cloud.control.guests import Guests
from trove_lab.cloud.transitions import Transitions
from trove_lab.local.guests.events import Server


class ConfiguredBehaviour:
    """The rules and durations of the emulated cloud's control API, in this process."""

    def __init__(self) -> None:
        self.lock: Final = threading.RLock()
        self.guests: Final = Guests()
        self.transitions: Final = Transitions(SystemClock())

    def seconds(self, operation: str) -> float:
        """Return the duration of ``guest.<operation>`` in seconds."""
        with self.lock:
            return self.transitions.durations[f"guest.{operation}"]

    def misbehaves(self, kind: str, instance_id: str, server: Server, call: str = "") -> bool:
        """Return whether a guest shall misbehave in this way now. Every True is counted against the rule."""
        with self.lock:
            return self.guests.meet(kind, instance={instance_id, server.name}, flavor=server.flavor, call=call)

    def volume_size(self, instance_id: str, server: Server) -> int:
        """Return the size in GB of the data volume as the server sees it. In Cinder it may be larger already."""
        del instance_id
        return max(server.volumes.values(), default=0)
