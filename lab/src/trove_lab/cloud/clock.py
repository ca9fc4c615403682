"""Clocks. Nothing else in the emulated cloud reads the time."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The time, and how long a thread may sleep until a given time."""

    def now(self) -> float:
        """Return the current time in seconds since the epoch."""

    def timeout_until(self, moment: float) -> float | None:
        """Return how many seconds to wait for ``moment``. None: wait until another thread wakes this one."""


class SystemClock:
    """The system clock."""

    def now(self) -> float:
        """Return the system time."""
        return time.time()

    def timeout_until(self, moment: float) -> float | None:
        """Return the seconds left until ``moment``."""
        return max(0.0, moment - self.now())


class ManualClock:
    """A clock that stands still until a test advances it.

    It starts at the system time, because clients compare the expiry of a token with their own clock.
    """

    def __init__(self) -> None:
        self._now = time.time()
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the time that the test has set."""
        with self._lock:
            return self._now

    def timeout_until(self, moment: float) -> float | None:
        """Return None for a future ``moment``: only the test knows when it comes."""
        return 0.0 if moment <= self.now() else None

    def advance(self, seconds: float) -> None:
        """Advance the time. The caller must wake the threads that wait."""
        with self._lock:
            self._now += seconds


def timestamp(moment: float, *, form: str = "%Y-%m-%dT%H:%M:%SZ") -> str:
    """Return ``moment`` in UTC, in the format of the services. The default is Nova's format."""
    return datetime.fromtimestamp(moment, UTC).strftime(form)
