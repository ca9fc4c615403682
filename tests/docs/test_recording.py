"""The requests of an operation are recorded in the same way each time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from trove_lab.cloud.server import CloudServer
from trove_lab.conformance.minicloud import started
from trove_lab.docs.examples import Case, cases_of
from trove_lab.docs.recording import Calls, Request, Times, record
from trove_resources.errors import RefusedError


@pytest.fixture(scope="module")
def server() -> Iterator[CloudServer]:
    with started() as server:
        yield server


@pytest.fixture(scope="module")
def provision(server: CloudServer) -> Calls:
    return record(server, cases_of("provision")[0])


def test_two_recordings_are_the_same(server: CloudServer, provision: Calls) -> None:
    assert record(server, cases_of("provision")[0]) == provision


def test_ids_are_recorded_as_stars_and_queries_as_names(provision: Calls) -> None:
    assert Request("compute", "/servers/*", "GET") in provision
    assert Request("network", "/ports", "GET", ("name",)) in provision


def test_polled_requests_are_not_counted(provision: Calls) -> None:
    assert provision[Request("compute", "/servers/*", "GET")] == Times(asked=0, polled=True)
    assert str(provision[Request("volume", "/volumes/*", "GET")]) == "polled"
    assert str(provision[Request("network", "/ports", "POST")]) == "2"
    assert str(Times(asked=2, polled=True)) == "2 + polled"


def test_actions_are_recorded_separately(server: CloudServer) -> None:
    calls = record(server, cases_of("resize_flavor")[0])
    asked = {request.action for request in calls if request.path == "/servers/*/action"}
    assert asked == {"resize", "confirmResize"}


def test_a_request_for_the_cause_of_a_failure_is_not_polled(server: CloudServer) -> None:
    (unfit,) = [case for case in cases_of("resize_flavor") if "fits no host" in case.about]
    calls = record(server, unfit)
    assert calls[Request("compute", "/servers/*", "GET")].polled
    assert str(calls[Request("compute", "/servers/*/os-instance-actions/*", "GET")]) == "1"


def test_an_example_that_should_fail_and_succeeds_is_an_error(server: CloudServer) -> None:
    with pytest.raises(AssertionError, match="expected a failure"):
        record(server, replace(cases_of("provision")[0], fails=True))


def test_every_method_except_get_changes_the_cloud() -> None:
    changes = {method: Request("network", "/ports", method).changes for method in ("GET", "POST", "PUT", "DELETE")}
    assert changes == {"GET": False, "POST": True, "PUT": True, "DELETE": True}


def test_requests_for_tokens_and_versions_are_not_recorded(provision: Calls) -> None:
    assert {request.service for request in provision} == {"compute", "volume", "network", "dns"}
    assert not [request for request in provision if request.path in ("", "/")]


def test_an_example_that_fails_unexpectedly_is_an_error(server: CloudServer) -> None:
    def huge(on: object) -> object:
        example = on.example  # type: ignore[attr-defined]
        return on.manager.provision(example.spec(server=example.server(flavor_id="no such flavor")))  # type: ignore[attr-defined]

    with pytest.raises(RefusedError):
        record(server, Case(about="a server of no flavor", ask=huge, before=()))
