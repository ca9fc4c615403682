"""All guests. They start and stop with the servers of a cloud."""

import logging
import threading
from collections.abc import Callable, Sequence

from trove_lab.local.guests.events import Event, Events, Server
from trove_lab.local.guests.guest import Guest

LOG = logging.getLogger(__name__)

OWNER = "trove_instance_id"
"""The key of a server's metadata that holds the id of Trove's instance."""
LONG_POLL = 1.0
"""Seconds that a request for events stays open. Short, because a cloud that stops waits for it."""
RETRY_INTERVAL = 1.0
"""Seconds before a failed request for events is repeated."""
HEARTBEATS_PER_SECOND = 10.0
"""The rate of reports of all guests. Each costs the conductor a few queries: 100 guests report every 10 s."""
SHORTEST_INTERVAL = 2.0
"""The minimum interval between two reports of one guest, in seconds."""

BOOTS = frozenset(
    {"server.active", "server.started", "server.rebooted", "server.rebuilt", "server.resized", "server.reverted"}
)
ENDS = frozenset(
    {"server.stopped", "server.error", "server.resizing", "server.reverting", "server.rebooting", "server.rebuilding"}
)
"""A server is off while it moves to another host or back, reboots or is rebuilt."""
DEVICES = frozenset({"volume.attached", "volume.detached", "volume.extended"})
"""The volumes of a running server have changed."""


class Fleet:
    """Follows the events of a cloud, and starts and stops the guests of its servers."""

    def __init__(self, events: Events, make_guest: Callable[[str, Server], Guest]) -> None:
        self._events = events
        self._make_guest = make_guest
        self._guests: dict[str, Guest] = {}
        """By the id of the server."""
        self._seen = 0
        self._handling = threading.Lock()

    def start(self) -> None:
        """Start the threads that follow events and send heartbeats. They run until the process ends."""
        threading.Thread(target=self._follow, name="guests-events", daemon=True).start()
        threading.Thread(target=self._beat, name="guests-heartbeats", daemon=True).start()

    def catch_up(self) -> None:
        """Handle all events so far, so that a server that is off neither reports nor answers."""
        self._handle_all(self._events.after(self._seen))

    def handle(self, event: Event, *, latest: bool = True) -> None:
        """Apply an event to the guest of its server.

        If it is not the ``latest`` event about the server's power, only its lasting effects are applied.
        """
        instance_id = event.metadata.get(OWNER)
        if instance_id is None:
            return
        server, kind = event.server, event.kind
        if kind == "server.deleted":
            guest = self._guests.pop(server.id, None)
            if guest is not None:
                LOG.info("guest of instance %s ends with its server", instance_id)
                guest.power_off()
            return
        if server.id not in self._guests:
            self._guests[server.id] = self._make_guest(instance_id, server)
        guest = self._guests[server.id]
        # After a restart of the guests' process all events are read again.
        if kind == "server.rebuilt" and event.order > guest.disk.met:
            guest.lose_root_disk()
        guest.disk.met = max(guest.disk.met, event.order)
        guest.disk.write()
        if kind in DEVICES:
            guest.server = server
        elif latest and kind in BOOTS:
            guest.power_on(server)
        elif latest and kind in ENDS:
            guest.power_off()

    def _follow(self) -> None:
        while True:
            try:
                events = self._events.after(self._seen, wait=LONG_POLL)
            except OSError as error:
                LOG.warning("cannot read the events of the cloud, retrying: %s", error)
                threading.Event().wait(RETRY_INTERVAL)
                continue
            self._handle_all(events)

    def _handle_all(self, events: Sequence[Event]) -> None:
        with self._handling:
            new = [event for event in events if event.order > self._seen]
            # A new process reads all past events: deleted servers must not boot again, and others only once.
            gone = {event.server.id for event in new if event.kind == "server.deleted"} - self._guests.keys()
            latest = {event.server.id: event.order for event in new if event.kind in BOOTS | ENDS}
            for event in new:
                self._seen = event.order
                if event.server.id in gone:
                    continue
                try:
                    self.handle(event, latest=event.order == latest.get(event.server.id))
                except Exception:
                    LOG.exception("the guest failed to handle event %s", event)

    def _beat(self) -> None:
        while True:
            guests = list(self._guests.values())
            pause = max(SHORTEST_INTERVAL, len(guests) / HEARTBEATS_PER_SECOND) / max(1, len(guests))
            for guest in guests:
                try:
                    guest.heartbeat()
                except Exception:
                    LOG.exception("guest of instance %s could not report", guest.instance_id)
                threading.Event().wait(pause)
            if not guests:
                threading.Event().wait(SHORTEST_INTERVAL)
