"""A resize that Nova has refused, and that Heat's own type of server waits for until its stack's time is over."""

from typing import Final

from trove_resources.errors import ResourceFailedError
from trove_resources.flows.clock import Clock
from trove_resources.orchestrator.move_state import Seen

SECONDS: Final = 30.0
"""How long a server may be at rest while Heat is at work before it is taken for refused: nobody saw Nova at it."""
_AT_REST: Final = ("ACTIVE", "SHUTOFF")


class Refusal:
    """Notices it: a server on its old flavor again, at rest, after Nova was seen at work on it.

    ``before`` is when the server had last changed; Nova shows that to the second.
    """

    def __init__(self, clock: Clock, before: Seen) -> None:
        self._clock, self._before = clock, before
        self._was_touched = False
        self._resting: Seen | None = None
        self._since = 0.0

    def look(self, seen: Seen) -> None:
        """Take notice of another state."""
        rests = seen.server_status in _AT_REST and not seen.task_state
        self._was_touched = self._was_touched or not rests or seen.updated_at != self._before.updated_at
        self._resting = seen if rests and seen.flavor == self._before.flavor else None
        self._since = self._clock.now()

    def check(self) -> None:
        """Raise ResourceFailedError when it was refused."""
        seen = self._resting
        if seen is None or not (self._was_touched or self._clock.now() - self._since > SECONDS):
            return
        fault = "Nova gave it back on its old flavor; why is in the server's actions, which Heat does not show"
        raise ResourceFailedError(kind="server", resource_id=seen.server_id, status=seen.server_status, fault=fault)
