"""Progress of flows, as events: what began, what went well, what was undone."""

import logging
from dataclasses import dataclass
from typing import Literal, Protocol

LOG = logging.getLogger(__name__)
_LEVELS = {"failed": logging.ERROR, "waiting": logging.DEBUG, "waited": logging.DEBUG}

Kind = Literal["began", "succeeded", "failed", "undoing", "undone", "waiting", "waited"]
"""What happened to a step; ``waiting`` and ``waited`` have no step: their title says what is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened to a step of a flow. ``detail`` holds no secret: an id, or why it failed."""

    kind: Kind
    step: str
    """``<operation>/<role>/<step>``."""
    title: str
    """The step in words."""
    instance_id: str
    request_id: str
    detail: str = ""


class Listener(Protocol):
    """Who is told of events, in the order in which they happen."""

    def __call__(self, event: Event) -> None:
        """Take notice. Must not raise."""


def log(event: Event) -> None:
    """Write an event to the log, with the instance's and the request's id."""
    level = _LEVELS.get(event.kind, logging.INFO)
    detail = f": {event.detail}" if event.detail else ""
    LOG.log(
        level,
        "instance %s, request %s: %s %s%s",
        event.instance_id,
        event.request_id,
        event.title,
        event.kind,
        detail,
        extra={"resource": {"type": "instance", "id": event.instance_id}},
    )
