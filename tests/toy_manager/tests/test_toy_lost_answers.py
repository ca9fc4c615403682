"""Whichever answer of Nova is lost, the manager toy requests nothing twice, and ends where it should."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pytest
from taskflow.flow import Flow

from toy_manager import Toy
from trove_lab.cloud.server import CloudServer
from trove_lab.conformance import Bench, Driver, GuestStep, minicloud
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings
from trove_resources.spec import FlavorSpec

MEDIUM: Final = "m1.medium"


def _resize(bench: Bench) -> Flow:
    flavor = FlavorSpec(id=bench.site.other_flavor_id, name=MEDIUM)
    return bench.manager.resize_flavor(bench.ref, flavor, GuestStep("resize_flavor/guest/verify").flow)


FLOWS: Final[Mapping[str, Callable[[Bench], Flow]]] = {
    "provision": lambda bench: bench.manager.provision(bench.example.spec()),
    "resize_flavor": _resize,
    "delete": lambda bench: bench.manager.delete(bench.ref),
}
EXPECTED: Final = {"provision": [("ACTIVE", "m1.small")], "resize_flavor": [("ACTIVE", MEDIUM)], "delete": []}
"""The servers at the end, by status and flavor."""
CHANGES: Final = {"provision": ["POST"], "resize_flavor": ["POST"] * 2, "delete": ["DELETE"]}
"""The requests that change something, in order, when no answer is lost."""


@pytest.fixture(scope="module")
def cloud() -> Iterator[CloudServer]:
    with minicloud.started() as server:
        yield server


def run(cloud: CloudServer, operation: str, lost: int | None) -> list[str]:
    """Run an operation of which one answer is lost, by its number; return the methods of its requests to Nova."""
    cloud.cloud.reset()
    clock = minicloud.clock_of(cloud)
    clouds = minicloud.clouds_of(cloud, minicloud.session_of(cloud))
    manager = Toy(clouds, Settings(options={"toy_name_prefix": ""}))
    creates = frozenset({ResourceKind.SERVER})
    bench = Bench(minicloud.site_on(cloud, clock), manager, Driver(clock, branches=1), creates=creates)
    if operation != "provision":
        bench.provision(bench.example.spec())
    began = len(list(cloud.cloud.request_log))
    if lost is not None:
        cloud.cloud.faults.add({"kind": "lose_answer", "service": "compute", "skip": lost})
    flow = FLOWS[operation](bench)
    assert bench.driver.run(flow, bench.example.owner).leftovers == []
    sent = [entry.method for entry in list(cloud.cloud.request_log)[began:] if entry.service == "compute"]
    assert [(server.status, server.flavor) for server in bench.observe().servers] == EXPECTED[operation]
    return sent


@pytest.mark.parametrize("operation", FLOWS)
def test_a_lost_answer_changes_nothing(operation: str, cloud: CloudServer) -> None:
    calls = run(cloud, operation, None)
    assert [method for method in calls if method != "GET"] == CHANGES[operation]
    for lost, method in enumerate(calls):
        changes = [each for each in run(cloud, operation, lost) if each != "GET"]
        # A second DELETE is answered with 404, which is a success.
        repeated = ["DELETE"] if method == "DELETE" else []
        assert changes == CHANGES[operation] + repeated, f"the answer to call {lost}, a {method}, is lost"
