"""The cloud under test, as the conformance suite needs it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from openstack.connection import Connection

from cloud.conftest import Clouds, Mini, _connections, _server, clouds, mini  # noqa: F401 - fixtures
from trove_lab.conformance import LeapClock, Site, real


@pytest.fixture(scope="session")
def real_site(real_cloud: Mapping[str, Connection]) -> Iterator[Site | None]:
    """Return the real cloud under test, with a zone that exists for the run, or None for minicloud."""
    if not real_cloud:
        yield None
        return
    service = real_cloud["service"]
    with real.zone(service) as dns:
        yield real.site_on(service, real_cloud["demo"].current_project_id, dns)


@pytest.fixture(scope="session")
def _seeded_site(_connections: Clouds) -> Site:  # noqa: F811 - a fixture
    """Return minicloud. Its seed always has the same ids."""
    service = _connections.service
    return real.site_on(service, _connections.demo.current_project_id, real.dns_of(service, "db.example.test."))


@pytest.fixture
def site(real_site: Site | None, request: pytest.FixtureRequest) -> Site:
    """Return the cloud under test."""
    if real_site is not None:
        return real_site
    mini: Mini = request.getfixturevalue("mini")  # noqa: F811 - what the fixture gives
    request.getfixturevalue("clouds")
    seeded: Site = request.getfixturevalue("_seeded_site")

    def left(_instance_id: str) -> list[str]:
        held: dict[str, list[dict[str, Any]]] = mini.control("GET", "inventory")
        return [f"{kind} {row['id']}" for kind, rows in held.items() for row in rows]

    return replace(seeded, clock=LeapClock(mini.advance), left=left)
