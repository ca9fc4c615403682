"""The log of all requests, in order."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True, kw_only=True)
class LoggedRequest:
    """A request. ``status`` is None while it is handled, and if it gets no reply."""

    order: int
    time: float
    service: str
    method: str
    path: str
    """The path after the service's version and, for Cinder and Swift, the project. Faults match this path."""
    query: str
    user_agent: str
    request_id: str
    client: str | None = None
    """The client, if it has a port of its own: ``heat``."""
    user: str | None = None
    project_id: str | None = None
    action: str | None = None
    """The action on a server, volume or stack: the only key of the body."""
    status: int | None = None
    fault: str | None = None
    """The kind of the fault that it met."""

    def as_json(self) -> dict[str, Any]:
        """Return the request as the control API shows it."""
        return asdict(self)


class RequestLog:
    """The log since it was last cleared. Clearing does not restart the order numbers."""

    def __init__(self) -> None:
        self._entries: list[LoggedRequest] = []
        self._order = 0

    def __iter__(self) -> Iterator[LoggedRequest]:
        """Iterate over the requests, oldest first."""
        return iter(list(self._entries))

    def add(self, **known: Any) -> LoggedRequest:
        """Add a request and return its entry, to be completed when the request is answered."""
        self._order += 1
        entry = LoggedRequest(order=self._order, **known)
        self._entries.append(entry)
        return entry

    def clear(self) -> int:
        """Forget all requests. Return how many there were."""
        count = len(self._entries)
        self._entries.clear()
        return count
