"""What happened to servers, for those who live on them (the simulated guests)."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a server."""

    order: int
    time: float
    kind: str
    """``server.active``, ``server.rebooted``, ``server.resized``, ``server.rebuilt``, ``server.stopped`` …"""
    server_id: str
    name: str
    flavor: str
    metadata: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the event as the control API shows it."""
        return asdict(self)


class Events:
    """All events since the last reset. Orders go on counting after it."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._order = 0

    def __iter__(self) -> Iterator[Event]:
        """Iterate over the events, the oldest first."""
        return iter(list(self._events))

    def add(self, **known: Any) -> None:
        """Record that something happened."""
        self._order += 1
        self._events.append(Event(order=self._order, **known))

    def after(self, order: int) -> list[Event]:
        """Return the events that came after the one with this order."""
        return [event for event in self._events if event.order > order]

    def clear(self) -> None:
        """Forget all events."""
        self._events.clear()
