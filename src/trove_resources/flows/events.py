"""The progress of flows, as events."""

import logging
from dataclasses import dataclass
from typing import Literal, Protocol

from trove_resources.kinds import ResourceKind

LOG = logging.getLogger(__name__)
_DEBUG = ("waiting", "waited")

Kind = Literal["began", "succeeded", "failed", "undoing", "undone", "waiting", "waited"]
"""What happened to a step. ``waiting`` and ``waited`` have no step: their title says what the flow waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened to a step of a flow. ``detail`` holds no secret: an id, or why the step failed."""

    kind: Kind
    step: str
    """``<operation>/<role>/<step>``."""
    title: str
    """The step, for people."""
    instance_id: str
    request_id: str
    detail: str = ""
    resource: ResourceKind | None = None
    """The kind of resource the step is about."""


class Listener(Protocol):
    """Receives events in the order in which they happen."""

    def __call__(self, event: Event) -> None:
        """Receive an event. Must not raise."""


def log(event: Event) -> None:
    """Write an event to the log, with the ids of the instance and the request."""
    # A failed step is no error yet: whoever runs the flow reports how it ended.
    level = logging.DEBUG if event.kind in _DEBUG else logging.INFO
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
