"""Counting requests by service, sender and purpose."""

from typing import Any

import pytest

from trove_lab.demo.measure import count, is_status_read


def entry(
    service: str, method: str, path: str, query: str = "", *, user_agent: str = "novaclient", client: str | None = None
) -> dict[str, Any]:
    request = {"service": service, "method": method, "path": path, "query": query}
    return {**request, "user_agent": user_agent, "client": client}


@pytest.mark.parametrize(
    ("request_", "wanted", "reason"),
    [
        (entry("compute", "GET", "/servers/1"), True, "one server"),
        (entry("compute", "GET", "/servers/detail"), True, "many servers"),
        (entry("volume", "GET", "/volumes/1"), True, "one volume"),
        (entry("volume", "GET", "/volumes/detail"), True, "many volumes"),
        (entry("compute", "GET", "/servers/detail", "tags=trove_instance&marker=1"), True, "a page of many servers"),
        (
            entry("compute", "GET", "/servers/detail", "tags=trove_instance_id_1"),
            False,
            "looks for one resource",
        ),
        (
            entry("volume", "GET", "/volumes/detail", "limit=1&name=trove-1"),
            False,
            "looks for one resource",
        ),
        (entry("orchestration", "GET", "/stacks/trove-1/2", "resolve_outputs=false"), True, "one stack"),
        (entry("orchestration", "GET", "/stacks", "tags=trove&limit=500"), True, "many stacks"),
        (
            entry("orchestration", "GET", "/stacks", "limit=500&name=trove-1"),
            False,
            "looks for one resource",
        ),
        (entry("orchestration", "GET", "/stacks/trove-1/2/resources"), False, "a part of a stack"),
        (entry("compute", "GET", "/servers"), False, "a list without states"),
        (entry("compute", "GET", "/servers/1/os-volume_attachments"), False, "a part of a server"),
        (entry("compute", "DELETE", "/servers/1"), False, "not a read"),
        (entry("compute", "GET", "/flavors/1"), False, "a flavor has no state"),
        (entry("network", "GET", "/servers/1"), False, "another service"),
    ],
)
def test_a_status_read_is_a_get_of_the_state_of_servers_volumes_or_stacks(
    request_: dict[str, Any], wanted: bool, reason: str
) -> None:
    assert is_status_read(request_) is wanted, reason


def test_calls_are_counted_by_service_and_sender() -> None:
    calls = count(
        [
            entry("volume", "POST", "/volumes", user_agent="trove-resources/0.1.0"),
            entry("volume", "GET", "/volumes/1", user_agent="trove-resources/0.1.0"),
            entry("compute", "GET", "/flavors/1"),
        ]
    )
    assert calls.by_trove == {"compute": 1, "volume": 2}
    assert calls.by_plugin == {"volume": 2}
    assert calls.reads == {"compute": 1, "volume": 1}
    assert calls.status_reads == 1


def test_requests_of_heat_are_not_calls_of_trove() -> None:
    calls = count(
        [
            entry("orchestration", "POST", "/stacks", user_agent="trove-resources/0.1.0"),
            entry("compute", "POST", "/servers", client="heat"),
            entry("compute", "GET", "/servers/1", client="heat"),
        ]
    )
    assert (calls.by_trove, calls.by_plugin) == ({"orchestration": 1}, {"orchestration": 1})
    assert calls.by_heat == {"compute": 2}
    assert (calls.reads, calls.status_reads) == ({}, 0)
