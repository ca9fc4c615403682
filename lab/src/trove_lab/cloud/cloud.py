"""The cloud: its services, their state, and the lock that protects it."""

import threading
from collections.abc import Callable, Sequence

from trove_lab.cloud import compute, control, dns, identity, image, network, object_store, orchestration, volume
from trove_lab.cloud.clock import Clock, SystemClock
from trove_lab.cloud.control.guests import Guests
from trove_lab.cloud.events import Events
from trove_lab.cloud.faults import Faults
from trove_lab.cloud.http import Service
from trove_lab.cloud.request_log import RequestLog
from trove_lab.cloud.transitions import Transitions

SERVICES: Sequence[Service] = (
    identity.SERVICE,
    compute.SERVICE,
    volume.SERVICE,
    network.SERVICE,
    dns.SERVICE,
    image.SERVICE,
    object_store.SERVICE,
    control.SERVICE,
)


class Cloud:
    """An OpenStack cloud in memory.

    ``seed`` fills it at the start and after every reset; the inventory omits what it creates. With ``heat_url``, the
    URL of a heat-api, the cloud forwards requests below ``/orchestration`` to that Heat.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: "Callable[[Cloud], None] | None" = None,
        heat_url: str | None = None,
    ) -> None:
        self.services = (*SERVICES, *((orchestration.service(heat_url),) if heat_url else ()))
        self.clock: Clock = clock or SystemClock()
        self.lock = threading.RLock()
        self._something_changed = threading.Condition(self.lock)
        self._seed = seed
        # These two survive a reset, so that their order numbers never restart: clients continue from the last one they
        # saw.
        self.request_log = RequestLog()
        self.events = Events()
        self._fill()

    def _fill(self) -> None:
        self.transitions = Transitions(self.clock)
        self.faults = Faults(tuple(service.name for service in self.services if service is not control.SERVICE))
        self.request_log.clear()
        self.events.clear()
        self.guests = Guests()
        self.identity = identity.State()
        self.compute = compute.State()
        self.volume = volume.State()
        self.network = network.State()
        self.dns = dns.State()
        self.image = image.State()
        self.object_store = object_store.State()
        self.seeded: frozenset[str] = frozenset()
        if self._seed:
            self._seed(self)
            self.seeded = frozenset(control.inventory.ids(self))

    def reset(self) -> None:
        """Restore the state after the seed, including durations and faults."""
        with self.lock:
            self._fill()
            self.changed()

    def run_due(self) -> None:
        """Finish every transition that is due."""
        self.transitions.run_due()

    def changed(self) -> None:
        """Wake the threads that wait for a change."""
        with self.lock:
            self._something_changed.notify_all()

    def wait(self, happened: Callable[[], bool], deadline: float | None) -> bool:
        """Block until ``happened()`` or the deadline, finishing transitions meanwhile. Return ``happened()``."""
        with self.lock:
            while True:
                self.run_due()
                if happened():
                    return True
                if deadline is not None and self.clock.now() >= deadline:
                    return False
                moments = [moment for moment in (deadline, self.transitions.next_due()) if moment is not None]
                timeout = self.clock.timeout_until(min(moments)) if moments else None
                self._something_changed.wait(timeout)
