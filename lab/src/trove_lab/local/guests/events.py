"""What happens to servers, as those learn who live on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from trove_lab.local.control import Control


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The server a guest lives on, as the last event about it said."""

    id: str
    name: str
    flavor: str
    volumes: Mapping[str, int] = field(default_factory=dict)
    """Sizes in GB of its data volumes, by id, where the events tell them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a server."""

    order: int
    kind: str
    """``server.active``, ``server.rebooted``, ``server.resized``, ``server.rebuilt``, ``volume.extended`` …"""
    server: Server
    metadata: Mapping[str, str]


class Events(Protocol):
    """Where they are told."""

    def after(self, order: int, *, wait: float = 0.0) -> Sequence[Event]:
        """Return what came after the event of this order; wait for the first, but no longer than ``wait`` seconds.

        Raises OSError when nobody answers.
        """


class CloudEvents:
    """The events of the emulated cloud, which its control API tells."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def after(self, order: int, *, wait: float = 0.0) -> Sequence[Event]:
        """Return what came after the event of this order. The errors of requests are OSErrors."""
        return [event(row["order"], row) for row in self._control.get("events", after=order, wait=wait)["events"]]


def event(order: int, row: Mapping[str, Any]) -> Event:
    """Return the event a row tells, as the emulated cloud and the hypervisors of a real one write it."""
    server = Server(id=row["server_id"], name=row["name"], flavor=row["flavor"], volumes=row.get("volumes", {}))
    return Event(order=order, kind=row["kind"], server=server, metadata=row["metadata"])
