"""The page of the requests each operation of the orchestrator makes: to Heat, and those Heat makes for it."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from taskflow.flow import Flow

from trove_lab.conformance import heat
from trove_lab.conformance.driver import Driver
from trove_lab.conformance.example import Example
from trove_lab.docs import markdown
from trove_lab.docs.calls import SERVICES
from trove_lab.docs.examples import Case, Situation, cases_of
from trove_lab.docs.recording import Request, request_of
from trove_lab.local.heat_cloud import HeatCloud
from trove_lab.local.lab import HEAT
from trove_lab.local.managers import HEAT_WITH_PLUGIN
from trove_resources.flows.clock import SystemClock
from trove_resources.orchestrator import Orchestrator
from trove_resources.settings import Settings

US: Final = "trove-resources"
_VERSIONS: Final = re.compile(r"/(v[0-9.]+/?)?")
ORDER: Final = (
    *("create_group", "provision", "observe", "resize_flavor", "resize_volume", "update_access", "reboot", "rebuild"),
    *("migrate", "delete_dns_record", "create_dns_record", "delete", "delete_group"),
)
"""Of the life of an instance. It has every operation, or a test fails."""
_NAMES: Final = {**SERVICES, "orchestration": "Heat"}
Asked = Mapping[tuple[str, Request], list[str]]
"""The operations by who asks, and what."""

_HEAD = """\
# What is asked of the cloud, with Heat

This page is generated, by `make docs`: it is the log of requests of minicloud, which stands before a real Heat, too,
while an instance of the resource manager `orchestrator` lives through every operation, and through resizes that are
taken back. Paths begin after the service's version and project; a `*` is an id; of a query only the names are shown.
Tokens and documents of versions are left out, and how often something is asked: Heat looks again and again.

What `trove-resources` asks, the role of Trove's own user has to allow, in Heat. What Heat asks, it asks as the same
user, by a trust: the same roles have to allow it in the other services. The plug-in of Heat is there; with Heat's own
types there are fewer.
"""


def page() -> str:
    """Return the page. Raises NoExampleError for an operation without an example, and what an operation raises.

    It may lack what is asked now and then: whether an update has to be cancelled is a matter of moments.
    """
    asked = requests()
    ours = sorted((request, operations) for (client, request), operations in asked.items() if client == US)
    heats = sorted((request, operations) for (client, request), operations in asked.items() if client == HEAT)
    sections = []
    for title, rows in (("By trove-resources", ours), ("By Heat, for it", heats)):
        cells = ((*_cells(request), ", ".join(operations)) for request, operations in rows)
        sections += ["", f"## {title}", "", *markdown.table(("service", "request", "changes", "for"), cells)]
    return markdown.page([_HEAD.rstrip()], sections)


def requests() -> Asked:
    """Run every operation on one instance, from its creation to its deletion, and return what was asked."""
    asked: dict[tuple[str, Request], list[str]] = {}
    directory = tempfile.TemporaryDirectory(prefix="trove-lab-")
    with directory as path, HeatCloud(Path(path), HEAT_WITH_PLUGIN) as server:
        on, driver = _instance(server), Driver(SystemClock())
        for operation, case in ((each, case) for each in ORDER for case in _cases(each)):
            case.arrange(on, server.cloud)
            server.cloud.request_log.clear()
            on = _run(driver, case, on)
            for each in _asked(server):
                asked.setdefault(each, []).append(operation)
        on.example.site.service.close()
    return {each: list(dict.fromkeys(operations)) for each, operations in asked.items()}


def _cases(operation: str) -> Sequence[Case]:
    """Return the examples that can follow one another on one instance: a resize that is taken back comes first."""
    wanted = (case for case in cases_of(operation) if not case.fails or operation == "resize_flavor")
    cases = [case for case in wanted if case.settings == Settings()]
    return cases[:1] if operation == "delete" else sorted(cases, key=lambda case: not case.fails)


def _instance(server: HeatCloud) -> Situation:
    site = heat.site_on(server)
    public = site.service.network.find_network("public", ignore_missing=False)
    manager = Orchestrator(heat.clouds_of(server, site), Settings(public_network_id=public.id))
    return Situation(manager=manager, example=Example(site))


def _asked(server: HeatCloud) -> set[tuple[str, Request]]:
    """Return who asked what, but for tokens and documents of versions."""
    entries = [entry for entry in server.cloud.request_log if not entry.path.endswith("/auth/tokens")]
    return {(entry.client or US, request_of(entry)) for entry in entries if not _VERSIONS.fullmatch(entry.path)}


def _run(driver: Driver, case: Case, on: Situation) -> Situation:
    flow = case.ask(on)
    if not isinstance(flow, Flow):
        return on
    run = driver.attempt(flow, on.example.owner)
    if case.fails is (run.error is None):
        raise run.error or AssertionError(f"{case.about}: this was to fail")
    row = {**on.row, **{name: value for name, value in run.results.items() if value}}
    return Situation(manager=on.manager, example=on.example.next_task(), row=row)


def _cells(request: Request) -> tuple[str, str, str]:
    return _NAMES[request.service], markdown.code(str(request)), "yes" if request.changes else ""
