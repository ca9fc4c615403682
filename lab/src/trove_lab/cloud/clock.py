"""Time, handed in. Nothing else in the emulated cloud reads a clock."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Seconds since the epoch, and how long a thread may sleep until a moment comes."""

    def now(self) -> float:
        """Return the current time in seconds since the epoch."""

    def timeout_until(self, moment: float) -> float | None:
        """Return the seconds to wait for ``moment``; None: until somebody wakes the thread."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Return the machine's time."""
        return time.time()

    def timeout_until(self, moment: float) -> float | None:
        """Return the seconds left until ``moment``."""
        return max(0.0, moment - self.now())


class ManualClock:
    """A clock that stands still until a test moves it.

    It starts at the machine's time: clients compare the end of a token's life with their own clock.
    """

    def __init__(self) -> None:
        self._now = time.time()
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the time the test has set."""
        with self._lock:
            return self._now

    def timeout_until(self, moment: float) -> float | None:
        """Return None: only the test knows when ``moment`` comes."""
        return 0.0 if moment <= self.now() else None

    def advance(self, seconds: float) -> None:
        """Move the time forward. Threads that wait must be woken by the caller."""
        with self._lock:
            self._now += seconds


def timestamp(moment: float, *, form: str = "%Y-%m-%dT%H:%M:%SZ") -> str:
    """Return ``moment`` in UTC as the services write it (Nova's form by default)."""
    return datetime.fromtimestamp(moment, UTC).strftime(form)
