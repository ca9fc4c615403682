"""Events of servers, for the simulated guests on them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event of a server."""

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
    """All events since the last reset. A reset does not restart the order numbers."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._order = 0

    def __iter__(self) -> Iterator[Event]:
        """Iterate over the events, oldest first."""
        return iter(list(self._events))

    def add(self, **known: Any) -> None:
        """Record an event."""
        self._order += 1
        self._events.append(Event(order=self._order, **known))

    def after(self, order: int) -> list[Event]:
        """Return the events after the one with this order number."""
        return [event for event in self._events if event.order > order]

    def clear(self) -> None:
        """Forget all events."""
        self._events.clear()
