"""Events of servers, for the guests that live on them: one line of JSON each, appended to one file by all hosts.

Events have no sequence numbers. Their order is that of the lines in the file.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = "REALCLOUD_SERVER_EVENTS"
"""The environment variable with the path of the file. Without it, no events are written."""


def emit(event: Mapping[str, Any]) -> None:
    """Append an event, with ``kind``, ``server_id``, ``name``, ``flavor`` and so on."""
    path = os.environ.get(FILE)
    if path:
        append(Path(path), event)


def append(path: Path, event: Mapping[str, Any]) -> None:
    """Append one line atomically, also while other processes append."""
    with path.open("a+b", buffering=0) as file:
        # The kernel releases this lock when the process ends, in whichever way.
        fcntl.flock(file, fcntl.LOCK_EX)
        torn = file.seek(0, os.SEEK_END) and not _ends_with_newline(file)
        file.write((b"\n" if torn else b"") + json.dumps(dict(event)).encode() + b"\n")


def _ends_with_newline(file: Any) -> bool:
    """Return whether the last line is complete. It is not if its writer was killed."""
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")
