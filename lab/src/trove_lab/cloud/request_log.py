"""Every request the cloud was asked, in order."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True, kw_only=True)
class LoggedRequest:
    """One request; ``status`` is None while it runs and when it never got an answer."""

    order: int
    time: float
    service: str
    method: str
    path: str
    """The path after the service's version (and Cinder's project), as faults match it."""
    query: str
    user_agent: str
    request_id: str
    client: str | None = None
    """Who made it, if they have a port of their own: ``heat``."""
    user: str | None = None
    project_id: str | None = None
    action: str | None = None
    """The only key of a body of one: tells the actions of a server, a volume or a stack apart."""
    status: int | None = None
    fault: str | None = None
    """The kind of the fault it met."""

    def as_json(self) -> dict[str, Any]:
        """Return the request as the control API shows it."""
        return asdict(self)


class RequestLog:
    """The log, until it is cleared. Orders go on counting after that."""

    def __init__(self) -> None:
        self._entries: list[LoggedRequest] = []
        self._order = 0

    def __iter__(self) -> Iterator[LoggedRequest]:
        """Iterate over the requests, the oldest first."""
        return iter(list(self._entries))

    def add(self, **known: Any) -> LoggedRequest:
        """Add a request and return its entry, to be completed when it is answered."""
        self._order += 1
        entry = LoggedRequest(order=self._order, **known)
        self._entries.append(entry)
        return entry

    def clear(self) -> int:
        """Forget all requests and return how many there were."""
        count = len(self._entries)
        self._entries.clear()
        return count
