"""The requests that a step sends to the cloud, counted in the cloud's request log."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trove_lab.local.control import USER_AGENT, Control
from trove_lab.local.lab import HEAT

PLUGIN = "trove-resources/"
"""The prefix of the plug-in's user agent."""
_STATUS = {
    "compute": re.compile(r"/servers/[^/]+"),
    "volume": re.compile(r"/volumes/[^/]+"),
    "orchestration": re.compile(r"/stacks(/[^/]+/[^/]+)?"),
}
"""Paths whose responses include states: of one server, volume or stack, or of many (``detail``; the list of stacks)."""
_LOOKUP = re.compile(r"(^|&)(name=|tags=trove_instance_id_)")
"""Matches the query of a list that looks for the server or volume of one instance."""

Entry = Mapping[str, Any]
"""A request in the cloud's log."""


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Numbers of requests by service.

    ``by_plugin`` and ``reads`` (GET) are parts of ``by_trove``. Heat's own requests are counted in ``by_heat`` alone.
    """

    by_trove: Mapping[str, int] = field(default_factory=dict)
    by_plugin: Mapping[str, int] = field(default_factory=dict)
    by_heat: Mapping[str, int] = field(default_factory=dict)
    reads: Mapping[str, int] = field(default_factory=dict)
    status_reads: int = 0
    """Reads of the states of servers, volumes and stacks. Nearly all of them poll for the end of an operation."""


class Meter:
    """Reads the request log from its creation on, or since the last read."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._order = 0
        self.entries()

    def read(self) -> Calls:
        """Return the numbers of requests since the last read."""
        return count(self.entries())

    def entries(self) -> list[Entry]:
        """Return the requests since the last read, oldest first, without the lab's own."""
        entries = self._control.get("requests", after=self._order)["requests"]
        if entries:
            self._order = entries[-1]["order"]
        return [entry for entry in entries if not entry["user_agent"].startswith(USER_AGENT)]


def count(entries: Iterable[Entry]) -> Calls:
    """Count requests."""
    entries = list(entries)
    of_all = of_trove(entries)
    return Calls(
        by_trove=_by_service(of_all),
        by_plugin=_by_service(entry for entry in of_all if entry["user_agent"].startswith(PLUGIN)),
        by_heat=_by_service(entry for entry in entries if entry["client"] == HEAT),
        reads=_by_service(entry for entry in of_all if entry["method"] == "GET"),
        status_reads=sum(map(is_status_read, of_all)),
    )


def of_trove(entries: Iterable[Entry]) -> list[Entry]:
    """Return the requests that Heat did not send."""
    return [entry for entry in entries if entry["client"] != HEAT]


def is_status_read(entry: Entry) -> bool:
    """Return whether a request reads the state of a server, volume or stack, or of many in a list.

    A list filtered by the name or the owner tag of one instance is not counted: it looks for a resource.
    """
    path = _STATUS.get(entry["service"])
    if entry["method"] != "GET" or path is None or not path.fullmatch(entry["path"]):
        return False
    return not _LOOKUP.search(entry["query"])


def _by_service(entries: Iterable[Entry]) -> dict[str, int]:
    return dict(sorted(Counter(entry["service"] for entry in entries).items()))
