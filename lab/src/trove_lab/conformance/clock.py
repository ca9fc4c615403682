"""A clock for tests: nobody sleeps for real."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

GRACE = 0.001
"""Seconds a thread really waits before it lets the time leap, so that another one can do something first."""


class LeapClock:
    """Time that stands still while somebody works, and leaps to the next moment somebody waits for.

    A :class:`trove_resources.flows.clock.Clock`. ``follow`` is told of every leap, in seconds: it takes an emulated
    cloud along.
    """

    def __init__(self, follow: Callable[[float], None] = lambda _seconds: None) -> None:
        self._follow = follow
        self._now = 0.0
        self._moments: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the seconds that have passed since the clock was made."""
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        with self._until(seconds) as moment:
            while self.now() < moment:
                time.sleep(GRACE)
                self._leap(moment)

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """Let ``seconds`` pass, unless the condition is notified first."""
        with self._until(seconds) as moment:
            while self.now() < moment:
                if condition.wait(GRACE):
                    return
                self._leap(moment)

    @contextmanager
    def _until(self, seconds: float) -> Iterator[float]:
        with self._lock:
            moment = self._now + seconds
            self._moments.append(moment)
        try:
            yield moment
        finally:
            with self._lock:
                self._moments.remove(moment)

    def _leap(self, moment: float) -> None:
        """Go on to a moment, if nobody waits for an earlier one."""
        with self._lock:
            seconds = moment - self._now
            if seconds <= 0 or moment > min(self._moments):
                return
            self._now = moment
        self._follow(seconds)
