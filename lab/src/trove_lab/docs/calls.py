"""The page of the requests each operation makes."""

from collections.abc import Mapping, Sequence
from typing import Final

from trove_lab.conformance import minicloud
from trove_lab.docs import markdown
from trove_lab.docs.examples import Case, cases_of
from trove_lab.docs.recording import Calls, Request, record
from trove_resources.contract import OPERATIONS, supported
from trove_resources.flows import waiting
from trove_resources.flows.context import ATTEMPTS
from trove_resources.native import Native

SERVICES: Final[Mapping[str, str]] = {
    "identity": "Keystone",
    "compute": "Nova",
    "volume": "Cinder",
    "network": "Neutron",
    "dns": "Designate",
    "image": "Glance",
    "object_store": "Swift",
}

Measured = tuple[Case, Calls]

_HEAD = """\
# What is asked of the cloud

This page is generated, by `make docs`: it is the log of requests of minicloud, for one run of each operation of the
resource manager `native`, in which nothing is slow, and nothing fails unless that is said. Paths begin after the
service's version, and Cinder's project; a `*` is an id; of a query only the names are shown."""


def page() -> str:
    """Return the page. Raises NoExampleError for an operation without an example."""
    operations = [operation for operation in OPERATIONS if operation in supported(Native)]
    with minicloud.started() as server:
        calls = {operation: [(case, record(server, case)) for case in cases_of(operation)] for operation in operations}
    return markdown.page([_HEAD], _notes(), _whole(calls), *(_section(*each) for each in calls.items()))


def _notes() -> list[str]:
    polled = (
        f"*polled*: asked while something is waited for: {waiting.SOON:g} s after the first time, then each time when "
        f"1/{round(1 / waiting.SHARE)} of the time waited so far has passed, and at least every {waiting.LONGEST:g} s. "
        "Where many instances wait for the same kind of thing, one list is asked for all of them "
        "(`GET /servers/detail`, `GET /volumes/detail`)."
    )
    once = (
        "Beside these a task manager asks Keystone for a token (again when it expires), and Nova, Cinder and Neutron "
        "once for their versions."
    )
    again = (
        f"A request that fails with 429 or 5xx, or has no answer, is made again, up to {ATTEMPTS} times in all; before "
        "a create is, its result is looked for."
    )
    force = "A volume that Cinder has failed to delete before is deleted by `POST /volumes/*/action os-force_delete`."
    dns = "DNS is asked by Trove's `dns_driver`. The requests shown are made in the zone of Designate that the lab has."
    others = (
        "The guest is not asked over HTTP, and what Trove's own code asks before, beside and after is not here: the "
        "server for a notification, a flavor for its name."
    )
    return [markdown.item(note) for note in (polled, once, again, force, dns, others)]


def _whole(calls: Mapping[str, Sequence[Measured]]) -> list[str]:
    """Return the table of every kind of request: what a role or an access rule must allow."""
    used: dict[Request, list[str]] = {}
    for operation, measured in calls.items():
        for request in {request for _, made in measured for request in made}:
            used.setdefault(request, []).append(operation)
    rows = ((*_cells(request), ", ".join(used[request])) for request in sorted(used, key=_order))
    return ["## All operations", "", *markdown.table(("service", "request", "changes", "for"), rows)]


def _section(operation: str, measured: Sequence[Measured]) -> list[str]:
    lines = [f"## {operation}", "", markdown.sentence(OPERATIONS[operation])]
    for case, calls in measured:
        rows = ((*_cells(request), str(calls[request])) for request in sorted(calls, key=_order))
        lines += ["", markdown.paragraph(f"Measured on {case.about}:"), ""]
        lines += markdown.table(("service", "request", "changes", "times"), rows)
    return lines


def _cells(request: Request) -> tuple[str, str, str]:
    return SERVICES[request.service], markdown.code(str(request)), "yes" if request.changes else ""


def _order(request: Request) -> tuple[int, Request]:
    return list(SERVICES).index(request.service), request
