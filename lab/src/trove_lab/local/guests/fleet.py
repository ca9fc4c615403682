"""All guests: they come and go with the servers of a cloud."""

import logging
import threading
from collections.abc import Callable, Sequence

from trove_lab.local.guests.events import Event, Events, Server
from trove_lab.local.guests.guest import Guest

LOG = logging.getLogger(__name__)

OWNER = "trove_instance_id"
"""The metadata of a server that Trove writes its instance's id into."""
LONG_POLL = 1.0
"""Seconds the cloud keeps a question for events open. Short: a cloud that stops waits for it."""
PATIENCE = 1.0
"""Seconds until the cloud is asked again after it did not answer."""
HEARTBEATS_A_SECOND = 10.0
"""Reports of the whole fleet. Each costs the conductor a few queries: a fleet of 100 reports every 10 s."""
SHORTEST_INTERVAL = 2.0
"""Seconds between two reports of one guest, at least."""

BOOTS = frozenset(
    {"server.active", "server.started", "server.rebooted", "server.rebuilt", "server.resized", "server.reverted"}
)
ENDS = frozenset(
    {"server.stopped", "server.error", "server.resizing", "server.reverting", "server.rebooting", "server.rebuilding"}
)
"""A server that goes to another host, or back, or starts anew, is off on the way."""
DEVICES = frozenset({"volume.attached", "volume.detached", "volume.extended"})
"""A server that runs has other devices."""


class Fleet:
    """Follows the events of a cloud and keeps the guests of its servers."""

    def __init__(self, events: Events, make_guest: Callable[[str, Server], Guest]) -> None:
        self._events = events
        self._make_guest = make_guest
        self._guests: dict[str, Guest] = {}
        """By the id of the server."""
        self._seen = 0
        self._meeting = threading.Lock()

    def start(self) -> None:
        """Follow and report, in threads that last as long as the process."""
        threading.Thread(target=self._follow, name="guests-events", daemon=True).start()
        threading.Thread(target=self._beat, name="guests-heartbeats", daemon=True).start()

    def catch_up(self) -> None:
        """Do now what has happened until now: a server that has gone away neither reports nor answers."""
        self._meet_all(self._events.after(self._seen))

    def meet(self, event: Event, *, latest: bool = True) -> None:
        """Do what an event means for the guest on its server.

        Of one that is not the ``latest`` about the server's power only what lasts is done.
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
        # After a new start of the guests' process all events are told again.
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
                LOG.warning("the cloud does not tell its events, asking again: %s", error)
                threading.Event().wait(PATIENCE)
                continue
            self._meet_all(events)

    def _meet_all(self, events: Sequence[Event]) -> None:
        with self._meeting:
            new = [event for event in events if event.order > self._seen]
            # A new process is told the whole past: who is gone by now never boots again, and who is there does so once.
            gone = {event.server.id for event in new if event.kind == "server.deleted"} - self._guests.keys()
            latest = {event.server.id: event.order for event in new if event.kind in BOOTS | ENDS}
            for event in new:
                self._seen = event.order
                if event.server.id in gone:
                    continue
                try:
                    self.meet(event, latest=event.order == latest.get(event.server.id))
                except Exception:
                    LOG.exception("event %s broke its guest", event)

    def _beat(self) -> None:
        while True:
            guests = list(self._guests.values())
            pause = max(SHORTEST_INTERVAL, len(guests) / HEARTBEATS_A_SECOND) / max(1, len(guests))
            for guest in guests:
                try:
                    guest.heartbeat()
                except Exception:
                    LOG.exception("guest of instance %s could not report", guest.instance_id)
                threading.Event().wait(pause)
            if not guests:
                threading.Event().wait(SHORTEST_INTERVAL)
