"""The cloud under test, as the suite wants it."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from openstack.connection import Connection

from cloud.conftest import Clouds, Mini, _connections, _server, clouds, mini  # noqa: F401 - fixtures
from trove_lab.conformance import LeapClock, Network, Site, ZoneDns, traces
from trove_resources.clouds.service import Endpoint, Service
from trove_resources.flows.clock import Clock, SystemClock


@pytest.fixture(scope="session")
def places(_connections: Clouds) -> dict[str, Any]:  # noqa: F811 - a fixture
    """Return what stays as it is: minicloud's seed, and the real cloud's, have the same names."""
    service = _connections.service
    flavors = {flavor.name: flavor.id for flavor in service.compute.flavors()}
    return {
        "service": service,
        "tenant_id": _connections.demo.current_project_id,
        "user_network": _network(service, "tenant"),
        "management_network": _network(service, "trove-mgmt"),
        "flavor_id": flavors["m1.small"],
        "other_flavor_id": flavors["m1.medium"],
        "huge_flavor_id": flavors["m1.huge"],
        "image_id": service.image.find_image("guest").id,
        "availability_zone": "nova",
    }


@pytest.fixture
def site(clouds: Clouds, places: dict[str, Any], request: pytest.FixtureRequest) -> Site:  # noqa: F811 - a fixture
    """Return the cloud under test."""
    service = clouds.service
    return Site(**places, clock=_clock(request), dns=_zone(request, service), left=_left(request, service))


def _clock(request: pytest.FixtureRequest) -> Clock:
    if request.config.getoption("--cloud") == "real":
        return SystemClock()
    mini: Mini = request.getfixturevalue("mini")  # noqa: F811 - what the fixture gives
    return LeapClock(mini.advance)


def _left(request: pytest.FixtureRequest, service: Connection) -> Callable[[str], list[str]]:
    if request.config.getoption("--cloud") == "real":
        return lambda instance_id: traces(service, instance_id)
    mini: Mini = request.getfixturevalue("mini")  # noqa: F811 - what the fixture gives

    def left(_instance_id: str) -> list[str]:
        held: dict[str, list[dict[str, Any]]] = mini.control("GET", "inventory")
        return [f"{kind} {row['id']}" for kind, rows in held.items() for row in rows]

    return left


def _network(service: Connection, name: str) -> Network:
    network = service.network.find_network(name)
    (subnet,) = service.network.subnets(network_id=network.id)
    address = subnet.cidr.rpartition(".")[0] + ".77"
    return Network(id=network.id, subnet_id=subnet.id, address=address)


def _zone(request: pytest.FixtureRequest, service: Connection) -> ZoneDns:
    """Return records in the zone minicloud has, or in one that goes when the test ends."""
    if request.config.getoption("--cloud") == "real":
        name = f"c{uuid.uuid4().hex[:8]}.example.test."
        zone = service.dns.create_zone(name=name, email="conformance@example.test")
        request.addfinalizer(lambda: service.dns.delete_zone(zone.id))
    else:
        zone = service.dns.find_zone("db.example.test.")
    designate = Service(service.session, Endpoint(service_type="dns"), name="Designate")
    return ZoneDns(designate, zone.id, zone.name)
