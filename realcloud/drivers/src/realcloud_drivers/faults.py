"""Operations that are to be slow, or to fail: a file says which, and is read each time anew.

The file, a JSON list, need not be there::

    [{"method": "spawn", "match": "^db1$", "delay": 2.0, "error": "no power"}]

``method`` is the driver's. ``match`` is a regular expression, looked for in the name of what the method is about;
without it all are meant. ``delay`` are seconds before anything is done; with ``error``, a text, nothing is done and the
method fails with it. Of several that fit the first counts. Who writes the file replaces it as a whole.
"""

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FILE = "REALCLOUD_FAULTS"
"""The environment variable with the file's path."""


class OrderedFaultError(Exception):
    """The file wants it so."""


def meet(method: str, name: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
    """Be as slow as the file wants. Raises OrderedFaultError when it wants a failure."""
    fault = find(method, name)
    if fault is None:
        return
    sleep(float(fault.get("delay", 0)))
    if fault.get("error"):
        raise OrderedFaultError(f"{method}: {fault['error']}")


def find(method: str, name: str) -> Mapping[str, Any] | None:
    """Return the fault that a method meets on something of this name, or None."""
    return next(
        (each for each in _read() if each["method"] == method and re.search(each.get("match", ""), name or "")), None
    )


def _read() -> list[dict[str, Any]]:
    path = os.environ.get(FILE)
    if not path or not Path(path).exists():
        return []
    faults: list[dict[str, Any]] = json.loads(Path(path).read_text(encoding="utf-8") or "[]")
    return faults
