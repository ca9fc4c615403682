"""The clock that is injected."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """A monotonic clock, and ways to wait on it."""

    def now(self) -> float:
        """Return the seconds since some fixed moment."""

    def sleep(self, seconds: float) -> None:
        """Return after ``seconds``."""

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """Return when the condition, which the caller holds, is notified, and at the latest after ``seconds``."""


class SystemClock:
    """The monotonic clock of the machine."""

    def now(self) -> float:
        """Return the seconds of the machine's clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """Wait for the condition."""
        condition.wait(seconds)
