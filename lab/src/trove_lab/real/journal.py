"""The journal of the hypervisors of a real cloud, from which its guests learn what happens to their servers."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from trove_lab.local.guests.events import Event, event

GLANCE = 0.05
"""Seconds between two looks at the file: nobody tells when a line is appended."""


class JournalEvents:
    """Events in a file that others append lines to: the order of one is where its line ends."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def after(self, order: int, *, wait: float = 0.0) -> Sequence[Event]:
        """Return what came after the event of this order. Raises OSError when the file cannot be read."""
        deadline = time.monotonic() + wait
        while not (found := [event(end, row) for end, row in self.rows(order)]) and time.monotonic() < deadline:
            threading.Event().wait(GLANCE)
        return found

    def rows(self, order: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each event after this order as it was written, with its own. Raises OSError."""
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
                    # The last line of a process that was killed while it wrote.
                    continue
