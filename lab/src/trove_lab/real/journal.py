"""The journal of a real cloud's hypervisors, whose events the guests follow."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from trove_lab.local.guests.events import Event, event

POLL_INTERVAL = 0.05
"""Seconds between two reads of the file."""


class JournalEvents:
    """Events in a file of lines. The order of an event is the offset of the end of its line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def after(self, order: int, *, wait: float = 0.0) -> Sequence[Event]:
        """Return the events after the event of this order. Raises OSError when the file cannot be read."""
        deadline = time.monotonic() + wait
        while not (found := [event(end, row) for end, row in self.rows(order)]) and time.monotonic() < deadline:
            threading.Event().wait(POLL_INTERVAL)
        return found

    def rows(self, order: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the order and the written form of each event after this order. Raises OSError."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(order)
            for line in file:
                order += len(line)
                if not line.endswith(b"\n"):
                    return
                try:
                    yield order, json.loads(line)
                except ValueError:
                    # The last line of a process that was killed while it was writing.
                    continue
