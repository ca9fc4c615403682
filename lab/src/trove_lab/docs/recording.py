"""The requests of an operation: minicloud's log of one run without delays and faults."""

import re
from collections.abc import Iterator
from dataclasses import InitVar, dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from taskflow.flow import Flow

from trove_lab.cloud.request_log import LoggedRequest
from trove_lab.cloud.server import CloudServer
from trove_lab.conformance import minicloud
from trove_lab.conformance.driver import Driver, Run
from trove_lab.conformance.example import Example
from trove_lab.docs.examples import Case, Situation, cases_of
from trove_resources.flows.events import Event
from trove_resources.native import Native
from trove_resources.settings import Settings

_ID: Final = re.compile(r"(?:req-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, order=True)
class Request:
    """A kind of request: the path with ids as stars, the names in the query, and the action in the body."""

    service: str
    path: str
    method: str
    query: tuple[str, ...] = ()
    action: str = ""

    @property
    def changes(self) -> bool:
        """Whether it changes something."""
        return self.method not in ("GET", "HEAD")

    def __str__(self) -> str:
        query = f"?{'&'.join(self.query)}" if self.query else ""
        return f"{self.method} {self.path}{query}" + (f" {self.action}" if self.action else "")


@dataclass(slots=True)
class Times:
    """How often a kind of request was made, and whether it was also polled."""

    asked: int = 0
    polled: bool = False

    def __str__(self) -> str:
        return " + ".join([*([str(self.asked)] if self.asked else []), *(["polled"] if self.polled else [])])


Calls = dict[Request, Times]


def record(server: CloudServer, case: Case) -> Calls:
    """Return the requests of an example on a freshly reset cloud.

    Tokens and version documents are requested before. Raises the error of the operation, unless the example fails.
    """
    server.cloud.reset()
    run = _Recorded(server, case.settings)
    for operation in case.before:
        run.ask(cases_of(operation)[0])
    # One request to each service makes the requests that are made once per process.
    run.ask(_OBSERVE)
    run.arrange(case)
    server.cloud.request_log.clear()
    run.polls.clear()
    run.ask(case)
    calls: Calls = {}
    for entry in server.cloud.request_log:
        times = calls.setdefault(request_of(entry), Times())
        if entry.order in run.polls:
            times.polled = True
        else:
            times.asked += 1
    return dict(sorted(calls.items()))


_OBSERVE: Final = Case(about="an instance", ask=lambda on: on.manager.observe(on.ref))


@dataclass(slots=True)
class _Recorded:
    """Runs examples one after the other, and records which requests were made while a step waited."""

    server: CloudServer
    settings: InitVar[Settings]
    polls: set[int] = field(default_factory=set)
    _waits_since: int = 0
    _driver: Driver = field(init=False)
    _on: Situation = field(init=False)

    def __post_init__(self, settings: Settings) -> None:
        clock = minicloud.clock_of(self.server)
        self._driver = Driver(clock, branches=1)
        clouds = minicloud.clouds_of(self.server, minicloud.session_of(self.server))
        example = Example(minicloud.site_on(self.server, clock))
        self._on = Situation(manager=Native(clouds, settings), example=example)

    def arrange(self, case: Case) -> None:
        """Prepare the cloud for an example."""
        case.arrange(self._on, self.server.cloud)

    def ask(self, case: Case) -> None:
        """Run an example, and store the results that it announces."""
        flow = case.ask(self._on)
        if isinstance(flow, Flow):
            run: Run = self._driver.attempt(flow, self._on.example.owner, watch=self._watch)
            if case.fails is (run.error is None):
                raise run.error or AssertionError(f"{case.about}: expected a failure")
            row = {**self._on.row, **{name: value for name, value in run.results.items() if value}}
            self._on = Situation(manager=self._on.manager, example=self._on.example.next_task(), row=row)

    def _watch(self, event: Event) -> None:
        if event.kind == "waiting":
            self._waits_since = self._last()
        if event.kind == "waited":
            meanwhile = [entry for entry in self.server.cloud.request_log if entry.order > self._waits_since]
            # The first request reads the state that is waited for. Reading the cause of a failure is not polling.
            self.polls.update(entry.order for entry in meanwhile if request_of(entry) == request_of(meanwhile[0]))

    def _last(self) -> int:
        return max((entry.order for entry in self.server.cloud.request_log), default=0)


def starred(path: str) -> str:
    """Return a path with a star in place of each id."""
    return _ID.sub("*", path)


def request_of(entry: LoggedRequest) -> Request:
    """Return the kind of a request."""
    names: Iterator[str] = (name for name, _ in parse_qsl(entry.query, keep_blank_values=True))
    action: Any = entry.action
    return Request(
        service=entry.service,
        path=starred(entry.path),
        method=entry.method,
        query=tuple(sorted(set(names))),
        action=action or "",
    )
