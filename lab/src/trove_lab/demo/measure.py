"""What a step cost: requests to the cloud, counted from the cloud's own log."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trove_lab.local.control import USER_AGENT, Control
from trove_lab.local.lab import HEAT

PLUGIN = "trove-resources/"
"""How the user agent of our own requests begins."""
_STATUS = {
    "compute": re.compile(r"/servers/[^/]+"),
    "volume": re.compile(r"/volumes/[^/]+"),
    "orchestration": re.compile(r"/stacks(/[^/]+/[^/]+)?"),
}
"""Paths that show states: of one server, volume or stack, or of many (``detail``; of stacks, the list itself)."""
_LOOKUP = re.compile(r"(^|&)(name=|tags=trove_instance_id_)")
"""What the query of a list has that looks whether one instance's server or volume is there."""

Entry = Mapping[str, Any]
"""A request as the cloud's log shows it."""


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Requests by service: all of Trove's, those of them the plug-in made itself, and those of them that only read.

    What Heat asks for its part is counted apart.
    """

    by_trove: Mapping[str, int] = field(default_factory=dict)
    by_plugin: Mapping[str, int] = field(default_factory=dict)
    by_heat: Mapping[str, int] = field(default_factory=dict)
    reads: Mapping[str, int] = field(default_factory=dict)
    status_reads: int = 0
    """Reads of the state of servers, volumes and stacks: nearly all of them are made while somebody waits."""


class Meter:
    """Reads the log of requests from where it was made, or last read."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._order = 0
        self.entries()

    def read(self) -> Calls:
        """Return how much was asked since the last reading."""
        return count(self.entries())

    def entries(self) -> list[Entry]:
        """Return what was asked since the last reading, the oldest first, without the lab's own requests."""
        entries = self._control.get("requests", after=self._order)["requests"]
        if entries:
            self._order = entries[-1]["order"]
        return [entry for entry in entries if not entry["user_agent"].startswith(USER_AGENT)]


def count(entries: Iterable[Entry]) -> Calls:
    """Count requests."""
    entries = list(entries)
    troves = of_trove(entries)
    return Calls(
        by_trove=_by_service(troves),
        by_plugin=_by_service(entry for entry in troves if entry["user_agent"].startswith(PLUGIN)),
        by_heat=_by_service(entry for entry in entries if entry["client"] == HEAT),
        reads=_by_service(entry for entry in troves if entry["method"] == "GET"),
        status_reads=sum(map(is_status_read, troves)),
    )


def of_trove(entries: Iterable[Entry]) -> list[Entry]:
    """Return the requests that Heat did not make."""
    return [entry for entry in entries if entry["client"] != HEAT]


def is_status_read(entry: Entry) -> bool:
    """Say whether a request reads the state of servers, volumes or stacks: of one, or of many by a list with states.

    A list by the name or the marker of one instance is none: it looks whether there is something.
    """
    path = _STATUS.get(entry["service"])
    if entry["method"] != "GET" or path is None or not path.fullmatch(entry["path"]):
        return False
    return not _LOOKUP.search(entry["query"])


def _by_service(entries: Iterable[Entry]) -> dict[str, int]:
    return dict(sorted(Counter(entry["service"] for entry in entries).items()))
