"""What a step cost: seconds, and requests to the cloud, counted from the cloud's own log."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from trove_lab.local.control import USER_AGENT, Control

PLUGIN = "trove-resources/"
"""How the user agent of our own requests begins."""


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Requests by service: all of Trove's, and those the plug-in made itself."""

    by_trove: Mapping[str, int] = field(default_factory=dict)
    by_plugin: Mapping[str, int] = field(default_factory=dict)


class Meter:
    """Counts the requests since it was made, or last read."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._order = 0
        self.read()

    def read(self) -> Calls:
        """Return what was asked since the last reading. The lab's own requests do not count."""
        entries = self._control.get("requests", after=self._order)["requests"]
        if entries:
            self._order = entries[-1]["order"]
        ours = [entry for entry in entries if not entry["user_agent"].startswith(USER_AGENT)]
        plugin = [entry for entry in ours if entry["user_agent"].startswith(PLUGIN)]
        return Calls(by_trove=_by_service(ours), by_plugin=_by_service(plugin))


def _by_service(entries: list[dict[str, str]]) -> dict[str, int]:
    return dict(sorted(Counter(entry["service"] for entry in entries).items()))
