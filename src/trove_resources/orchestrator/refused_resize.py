"""Detecting a resize that Nova has refused. Heat's own type of server would wait until the stack times out."""

from typing import Final

from trove_resources.errors import ResizeRefusedError
from trove_resources.flows.clock import Clock
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator.move_state import Seen

SECONDS: Final = 30.0
"""How long a server may be idle before its resize counts as refused, if it was never seen at work."""
_IDLE: Final = ("ACTIVE", "SHUTOFF")


class RefusalDetector:
    """Detects a refused resize: the server is idle without the new flavor, after Nova worked on it.

    ``before`` is the server before the resize. Nova shows when a server last changed to the second only.
    """

    def __init__(self, clock: Clock, before: Seen, *, flavor: str) -> None:
        self._clock, self._before, self._flavor = clock, before, flavor
        self._has_changed = False
        self._idle: Seen | None = None
        self._since = 0.0

    def look(self, seen: Seen) -> None:
        """Take a new state into account."""
        is_idle = seen.server_status in _IDLE and not seen.task_state
        self._has_changed = self._has_changed or not is_idle or seen.updated_at != self._before.updated_at
        self._idle = seen if is_idle and seen.flavor != self._flavor else None
        self._since = self._clock.now()

    def check(self) -> None:
        """Raise ResizeRefusedError if the resize was refused."""
        seen = self._idle
        if seen is None or not (self._has_changed or self._clock.now() - self._since > SECONDS):
            return
        raise ResizeRefusedError(
            kind=ResourceKind.SERVER,
            resource_id=seen.server_id,
            status=seen.server_status,
            fault="Nova refused the resize; the reason is in the server's actions, which Heat does not show",
        )
