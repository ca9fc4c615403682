"""Faults that a test sets: which requests they match and what they do."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from trove_lab.cloud import fields
from trove_lab.cloud.fields import FieldError

KINDS = {
    "status": "the request is not handled; the reply has this status",
    "delay": "the request is handled after this many seconds",
    "drop": "the request is not handled, and the connection is closed",
    "lose_answer": "the request is handled, but the connection is closed without a reply",
    "hang": "the request is not handled; the connection hangs until the fault is deleted or the cloud is reset",
    "error_later": "the request is handled, but the operation that it starts fails",
}


@dataclass(slots=True, kw_only=True)
class Fault:
    """A fault: a rule for requests. A request meets the first fault that matches it."""

    id: int
    kind: str
    service: str = "*"
    method: str = "*"
    path: str = "*"
    contains: str = ""
    """Text that the body must contain. It distinguishes actions on a server."""
    query: str = ""
    """Text that the query string must contain, as the request log shows it. It distinguishes lists."""
    user_agent: str = ""
    """The beginning of the user agent. It distinguishes clients."""
    skip: int = 0
    """How many matching requests pass first."""
    times: int | None = 1
    """How many requests meet the fault; None: all."""
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    met: int = 0
    """How many requests have met it."""

    def matches(
        self, service: str, method: str, paths: tuple[str, ...], *, query: str, user_agent: str, body: bytes
    ) -> bool:
        """Return whether the fault matches a request, regardless of ``skip`` and ``times``."""
        return (
            self.service in ("*", service)
            and self.method in ("*", method)
            and (self.path == "*" or any(_pattern(self.path).fullmatch(path) for path in paths))
            and self.contains.encode() in body
            and self.query in query
            and user_agent.startswith(self.user_agent)
        )

    def as_json(self) -> dict[str, Any]:
        """Return the fault as the control API shows it."""
        return asdict(self)


def _pattern(path: str) -> re.Pattern[str]:
    """Return a regular expression for a path in which * is one segment and ** any number of segments."""
    parts = re.split(r"(\*\*|\*)", path.rstrip("/"))
    wild = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(wild.get(part) or re.escape(part) for part in parts) + "/?")


_FIELDS: Mapping[str, Sequence[type]] = {
    "kind": (str,),
    "service": (str,),
    "method": (str,),
    "path": (str,),
    "contains": (str,),
    "query": (str,),
    "user_agent": (str,),
    "skip": (int,),
    "times": (int, type(None)),
    "status": (int,),
    "body": (object,),
    "headers": (dict,),
    "seconds": (float,),
}


class Faults:
    """The faults in force, in the order in which they were added."""

    def __init__(self, services: tuple[str, ...] = ()) -> None:
        self._services = services
        self._rules: list[Fault] = []
        self._ids = itertools.count(1)

    def __iter__(self) -> Iterator[Fault]:
        """Iterate over the faults."""
        return iter(list(self._rules))

    def add(self, rule: dict[str, Any]) -> Fault:
        """Add a fault. Raise FieldError when a field is unknown or invalid."""
        fields.check(rule, _FIELDS)
        fields.check_seconds("seconds", rule.get("seconds", 0))
        if rule.get("kind") not in KINDS:
            raise FieldError(f"kind: must be one of {', '.join(KINDS)}")
        if rule.get("service", "*") not in ("*", *self._services):
            raise FieldError(f"service: must be * or one of {', '.join(self._services)}")
        if rule["kind"] == "status" and not 100 <= rule.get("status", 500) <= 599:  # noqa: PLR2004 - HTTP's range
            raise FieldError("status: must be an HTTP status")
        if not all(isinstance(value, str) for value in rule.get("headers", {}).values()):
            raise FieldError("headers: every value must be a string")
        fault = Fault(id=next(self._ids), **rule)
        fault.method = fault.method.upper()
        self._rules.append(fault)
        return fault

    def remove(self, fault_id: int | None = None) -> int:
        """Remove one fault, or all. Return how many were removed."""
        before = len(self._rules)
        self._rules = [rule for rule in self._rules if fault_id is not None and rule.id != fault_id]
        return before - len(self._rules)

    def meet(
        self, service: str, method: str, paths: tuple[str, ...], *, query: str, user_agent: str, body: bytes
    ) -> Fault | None:
        """Return the fault that a request meets, if any, and count the request."""
        for rule in self._rules:
            if not rule.matches(service, method, paths, query=query, user_agent=user_agent, body=body):
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            if rule.times is None or rule.met < rule.times:
                rule.met += 1
                return rule
        return None
