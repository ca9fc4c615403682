"""A clock for tests, on which waiting takes no time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

GRACE = 0.001
"""Real seconds that a thread waits before it advances the clock, so that other threads can act first."""


class LeapClock:
    """A clock that stands still while a thread works, and leaps to the next moment that a thread waits for.

    A :class:`trove_resources.flows.clock.Clock`. ``follow`` is called with the seconds of each leap, so that an
    emulated cloud can advance its own clock.
    """

    def __init__(self, follow: Callable[[float], None] = lambda _seconds: None) -> None:
        self._follow = follow
        self._now = 0.0
        self._moments: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the seconds on this clock since it was created."""
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        """Return after ``seconds`` on this clock."""
        with self._until(seconds) as moment:
            while self.now() < moment:
                time.sleep(GRACE)
                self._leap(moment)

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """Return after ``seconds`` on this clock, or when the condition is notified."""
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
        """Advance the clock to a moment, unless another thread waits for an earlier one."""
        with self._lock:
            seconds = moment - self._now
            if seconds <= 0 or moment > min(self._moments):
                return
            self._now = moment
        self._follow(seconds)
