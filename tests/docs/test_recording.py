"""What an operation asks of the cloud is recorded the same each time."""

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


def test_ids_are_starred_and_queries_are_names(provision: Calls) -> None:
    assert Request("compute", "/servers/*", "GET") in provision
    assert Request("network", "/ports", "GET", ("name",)) in provision


def test_what_is_asked_while_waiting_has_no_number(provision: Calls) -> None:
    assert provision[Request("compute", "/servers/*", "GET")] == Times(asked=0, polled=True)
    assert str(provision[Request("volume", "/volumes/*", "GET")]) == "polled"
    assert str(provision[Request("network", "/ports", "POST")]) == "2"
    assert str(Times(asked=2, polled=True)) == "2 + polled"


def test_actions_are_told_apart(server: CloudServer) -> None:
    calls = record(server, cases_of("resize_flavor")[0])
    asked = {request.action for request in calls if request.path == "/servers/*/action"}
    assert asked == {"resize", "confirmResize"}


def test_why_something_did_not_come_is_no_poll(server: CloudServer) -> None:
    (unfit,) = [case for case in cases_of("resize_flavor") if "fits no host" in case.about]
    calls = record(server, unfit)
    assert calls[Request("compute", "/servers/*", "GET")].polled
    assert str(calls[Request("compute", "/servers/*/os-instance-actions/*", "GET")]) == "1"


def test_an_example_that_was_to_fail_and_did_not_is_no_recording(server: CloudServer) -> None:
    with pytest.raises(AssertionError, match="expected a failure"):
        record(server, replace(cases_of("provision")[0], fails=True))


def test_only_reading_changes_nothing() -> None:
    changes = {method: Request("network", "/ports", method).changes for method in ("GET", "POST", "PUT", "DELETE")}
    assert changes == {"GET": False, "POST": True, "PUT": True, "DELETE": True}


def test_neither_token_nor_versions_are_on_record(provision: Calls) -> None:
    assert {request.service for request in provision} == {"compute", "volume", "network", "dns"}
    assert not [request for request in provision if request.path in ("", "/")]


def test_an_example_that_fails_is_no_recording(server: CloudServer) -> None:
    def huge(on: object) -> object:
        example = on.example  # type: ignore[attr-defined]
        return on.manager.provision(example.spec(server=example.server(flavor_id="no such flavor")))  # type: ignore[attr-defined]

    with pytest.raises(RefusedError):
        record(server, Case(about="a server of no flavor", ask=huge, before=()))
