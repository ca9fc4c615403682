"""Injected faults: delays and failures of driver methods, from a file that is read at each call.

The file is a JSON list, and need not exist::

    [{"method": "spawn", "match": "^db1$", "delay": 2.0, "error": "no power"}]

``method`` is a method of the driver. ``match`` is a regular expression that is searched in the name of the server or
port; without it, the fault applies to all of them. ``delay`` is the number of seconds to wait first. With an ``error``,
the method then fails with this text and does nothing. The first fault that matches applies. A writer of the file must
replace it as a whole.
"""

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FILE = "REALCLOUD_FAULTS"
"""The environment variable with the path of the file."""


class InjectedFaultError(Exception):
    """A failure that the file requests."""


def apply(method: str, name: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Apply the fault of a method, if there is one. Raises InjectedFaultError."""
    fault = find(method, name)
    if fault is None:
        return
    sleep(float(fault.get("delay", 0)))
    if fault.get("error"):
        raise InjectedFaultError(f"{method}: {fault['error']}")


def find(method: str, name: str) -> Mapping[str, Any] | None:
    """Return the fault of a method for a server or port of this name, or None."""
    return next(
        (each for each in _read() if each["method"] == method and re.search(each.get("match", ""), name or "")), None
    )


def _read() -> list[dict[str, Any]]:
    path = os.environ.get(FILE)
    if not path or not Path(path).exists():
        return []
    faults: list[dict[str, Any]] = json.loads(Path(path).read_text(encoding="utf-8") or "[]")
    return faults
