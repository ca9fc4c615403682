"""Time, handed in."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds that only grow, and ways to let some pass."""

    def now(self) -> float:
        """Return seconds since some moment."""

    def sleep(self, seconds: float) -> None:
        """Return after ``seconds``."""

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """Return when the condition, which is held, is notified, and at the latest after ``seconds``."""


class SystemClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        """Return the machine's seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """Wait for the condition."""
        condition.wait(seconds)
