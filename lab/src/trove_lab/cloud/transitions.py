"""Asynchronous operations: what a service starts on request and finishes later."""

import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from trove_lab.cloud.clock import Clock

DURATIONS: Mapping[str, str] = {
    "server.build": "a server from BUILD to ACTIVE",
    "server.schedule": "a new, resized or migrated server until a host is chosen or none is found",
    "server.resize": "a server from RESIZE to VERIFY_RESIZE",
    "server.confirm": "a server from the confirmation of a resize to ACTIVE",
    "server.revert": "a server from REVERT_RESIZE to ACTIVE",
    "server.reboot": "a server from REBOOT or HARD_REBOOT to ACTIVE",
    "server.rebuild": "a server from REBUILD to ACTIVE",
    "server.start": "a server from SHUTOFF to ACTIVE",
    "server.stop": "a server from ACTIVE to SHUTOFF",
    "server.fault": "a server from ERROR to its fault",
    "server.delete": "a server until it is deleted",
    "interface.attach": "a new interface until the server shows it",
    "interface.detach": "an interface until the server no longer shows it",
    "volume.create": "a volume from creating to available",
    "volume.extend": "a volume from extending to its previous status",
    "volume.attach": "a volume from attaching to in-use",
    "volume.detach": "a volume from detaching to available",
    "volume.delete": "a volume until it is deleted",
    "snapshot.create": "a snapshot from creating to available",
    "snapshot.delete": "a snapshot until it is deleted",
    "zone.create": "a zone from PENDING to ACTIVE",
    "zone.update": "a changed zone from PENDING to ACTIVE",
    "zone.delete": "a zone until it is deleted",
    "recordset.create": "a recordset from PENDING to ACTIVE",
    "recordset.update": "a changed recordset from PENDING to ACTIVE",
    "recordset.delete": "a recordset until it is deleted",
    "guest.boot": "the guest agent, from the server's ACTIVE or reboot to its first report",
    "guest.prepare": "the call prepare of the guest agent",
    "guest.stop": "stopping the database",
    "guest.start": "starting the database",
    "guest.resize_fs": "growing the file system",
    "guest.backup": "taking a backup",
}
"""Every duration that can be set, in seconds, with what it measures. All are 0 at first."""


@dataclass(order=True, slots=True)
class _Pending:
    due: float
    order: int
    key: str = field(compare=False)
    finish: Callable[[], None] = field(compare=False)


class Transitions:
    """Finish what is due, in order of time, whenever the cloud is observed.

    Nothing runs in the background: the cloud can be observed only through a request, and each request first calls
    :meth:`run_due`. With an injected clock the cloud is therefore deterministic.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[_Pending] = []
        self._latest: dict[str, _Pending] = {}
        self._order = itertools.count()
        self.durations: dict[str, float] = dict.fromkeys(DURATIONS, 0.0)

    def begin(self, key: str, operation: str, finish: Callable[[], None]) -> None:
        """Call ``finish`` once the duration of ``operation`` has passed.

        A later transition of the same ``key`` (the id of a resource) replaces one that is still pending: a server that
        is deleted while it is being built never becomes ACTIVE.
        """
        due = self._clock.now() + self.durations[operation]
        pending = _Pending(due, next(self._order), key, finish)
        self._latest[key] = pending
        heapq.heappush(self._heap, pending)

    def cancel(self, key: str) -> None:
        """Forget the pending transition of ``key``."""
        self._latest.pop(key, None)

    def run_due(self) -> None:
        """Finish every transition that is due."""
        while self._heap and self._heap[0].due <= self._clock.now():
            pending = heapq.heappop(self._heap)
            if self._latest.get(pending.key) is pending:
                del self._latest[pending.key]
                pending.finish()

    def next_due(self) -> float | None:
        """Return the time at which the next transition is due, or None."""
        return self._heap[0].due if self._heap else None
