"""Events of servers, which their guests follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from trove_lab.local.control import Control


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server of a guest, as of its last event."""

    id: str
    name: str
    flavor: str
    volumes: Mapping[str, int] = field(default_factory=dict)
    """Sizes in GB of its data volumes by id, if the events include them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change of a server."""

    order: int
    kind: str
    """``server.active``, ``server.rebooted``, ``server.resized``, ``server.rebuilt``, ``volume.extended`` …"""
    server: Server
    metadata: Mapping[str, str]


class Events(Protocol):
    """A source of events."""

    def after(self, order: int, *, wait: float = 0.0) -> Sequence[Event]:
        """Return the events after the event of this order. Wait up to ``wait`` seconds for the first.

        Raises OSError when the source does not answer.
        """


class CloudEvents:
    """The events of the emulated cloud, by its control API."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def after(self, order: int, *, wait: float = 0.0) -> Sequence[Event]:
        """Return the events after the event of this order. Exceptions of requests are OSErrors."""
        return [event(row["order"], row) for row in self._control.get("events", after=order, wait=wait)["events"]]


def event(order: int, row: Mapping[str, Any]) -> Event:
    """Return an event from the form that the emulated cloud and the hypervisors of a real one write."""
    server = Server(id=row["server_id"], name=row["name"], flavor=row["flavor"], volumes=row.get("volumes", {}))
    return Event(order=order, kind=row["kind"], server=server, metadata=row["metadata"])
