"""What happened to servers, for those who live on them: a line of JSON each, appended to one file by all hosts.

An order needs no number: it is where a line ends in the file.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = "REALCLOUD_JOURNAL"
"""The environment variable with the file's path. Without it nothing is told."""


def tell(event: Mapping[str, Any]) -> None:
    """Append what happened: ``kind``, ``server_id``, ``name``, ``flavor`` and so on."""
    path = os.environ.get(FILE)
    if path:
        append(Path(path), event)


def append(path: Path, event: Mapping[str, Any]) -> None:
    """Append one line: as a whole, and behind whatever others append at the same time."""
    with path.open("a+b", buffering=0) as file:
        # The kernel's, and gone with the process however that ends.
        fcntl.flock(file, fcntl.LOCK_EX)
        torn = file.seek(0, os.SEEK_END) and not _ends_a_line(file)
        file.write((b"\n" if torn else b"") + json.dumps(dict(event)).encode() + b"\n")


def _ends_a_line(file: Any) -> bool:
    """Say whether the last one who wrote came to the end: a process killed at it may not have."""
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) == b"\n")
