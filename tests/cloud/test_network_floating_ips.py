"""Neutron's networks, routers and floating IPs. Source of all: exchanges with Neutron 29.0.0."""

from collections.abc import Iterator
from typing import Any

import pytest
from openstack import exceptions

from cloud.conftest import Clouds


@pytest.fixture
def port(clouds: Clouds) -> Iterator[Any]:
    """A port of ``demo`` on the network behind the router."""
    network = clouds.demo.network.find_network("tenant")
    made = clouds.demo.network.create_port(network_id=network.id, name="contract-port")
    yield made
    clouds.demo.network.delete_port(made, ignore_missing=True)


@pytest.fixture
def public(clouds: Clouds) -> str:
    """The id of the external network."""
    network_id: str = clouds.demo.network.find_network("public").id
    return network_id


@pytest.fixture
def floating_ip(clouds: Clouds, public: str) -> Iterator[Any]:
    """A floating IP of ``demo`` without a port."""
    made = clouds.demo.network.create_ip(floating_network_id=public, description="d")
    yield made
    clouds.demo.network.delete_ip(made, ignore_missing=True)


def test_an_external_network_is_seen_by_all_and_others_by_their_own_project(clouds: Clouds) -> None:
    shown = {network.name for network in clouds.alt.network.networks()}
    assert "public" in shown
    assert not shown & {"tenant", "trove-mgmt"}
    external = clouds.demo.network.get("/networks?router:external=True&fields=name").json()["networks"]
    assert external == [{"name": "public"}]


def test_a_floating_ip_is_associated_and_disassociated(clouds: Clouds, port: Any, floating_ip: Any) -> None:
    assert floating_ip.floating_ip_address.startswith("203.0.113.")
    assert floating_ip.port_id is None
    associated = clouds.demo.network.update_ip(floating_ip, port_id=port.id)
    assert associated.fixed_ip_address == port.fixed_ips[0]["ip_address"]
    assert associated.router_id
    assert [each.id for each in clouds.demo.network.ips(port_id=port.id)] == [floating_ip.id]
    free = clouds.demo.network.update_ip(floating_ip, port_id=None)
    assert (free.port_id, free.fixed_ip_address, free.router_id) == (None, None, None)


def test_a_port_has_one_floating_ip(clouds: Clouds, port: Any, floating_ip: Any, public: str) -> None:
    clouds.demo.network.update_ip(floating_ip, port_id=port.id)
    with pytest.raises(exceptions.ConflictException, match="already has a floating IP on external network"):
        clouds.demo.network.create_ip(floating_network_id=public, port_id=port.id)


def test_a_floating_ip_outlives_its_port(clouds: Clouds, port: Any, floating_ip: Any) -> None:
    clouds.demo.network.update_ip(floating_ip, port_id=port.id)
    clouds.demo.network.delete_port(port)
    assert clouds.demo.network.get_ip(floating_ip.id).port_id is None


def test_an_administrator_creates_one_in_another_project(
    clouds: Clouds, port: Any, public: str, request: pytest.FixtureRequest
) -> None:
    project = clouds.demo.current_project_id
    made = clouds.service.network.create_ip(floating_network_id=public, project_id=project, port_id=port.id)
    request.addfinalizer(lambda: clouds.service.network.delete_ip(made, ignore_missing=True))
    assert clouds.demo.network.get_ip(made.id).project_id == project


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({}, 400, "Required attribute 'floating_network_id' not specified"),
        ({"floating_network_id": "TENANT"}, 400, "is not a valid external network"),
        ({"floating_network_id": "PUBLIC", "port_id": "00000000-0000-0000-0000-000000000000"}, 404, "Port 00000000"),
        ({"floating_network_id": "PUBLIC", "floating_ip_address": "203.0.113.200"}, 403, "create_floatingip"),
    ],
)
def test_an_invalid_floating_ip_is_rejected(
    clouds: Clouds, public: str, body: dict[str, str], status: int, message: str
) -> None:
    names = {"PUBLIC": public, "TENANT": clouds.demo.network.find_network("tenant").id}
    body = {name: names.get(value, value) for name, value in body.items()}
    response = clouds.demo.network.post("/floatingips", json={"floatingip": body})
    assert response.status_code == status
    assert message in response.json()["NeutronError"]["message"]


def test_a_port_that_no_router_reaches_gets_no_floating_ip(
    clouds: Clouds, public: str, request: pytest.FixtureRequest
) -> None:
    network = clouds.demo.network.create_network(name="contract-island")
    request.addfinalizer(lambda: clouds.demo.network.delete_network(network))
    clouds.demo.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.88.0.0/24")
    port = clouds.demo.network.create_port(network_id=network.id)
    request.addfinalizer(lambda: clouds.demo.network.delete_port(port))
    with pytest.raises(exceptions.NotFoundException, match="is not reachable from subnet"):
        clouds.demo.network.create_ip(floating_network_id=public, port_id=port.id)


def test_an_interface_is_added_to_a_router_and_removed(clouds: Clouds, request: pytest.FixtureRequest) -> None:
    neutron = clouds.demo.network
    network = neutron.create_network(name="contract-routed")
    request.addfinalizer(lambda: neutron.delete_network(network))
    subnet = neutron.create_subnet(network_id=network.id, ip_version=4, cidr="10.89.0.0/24")
    router = neutron.create_router(name="contract-router")
    request.addfinalizer(lambda: neutron.delete_router(router))
    interface = neutron.add_interface_to_router(router, subnet_id=subnet.id)
    port = neutron.get_port(interface["port_id"])
    assert (port.device_owner, port.fixed_ips[0]["ip_address"]) == ("network:router_interface", subnet.gateway_ip)
    with pytest.raises(exceptions.ConflictException, match="cannot be deleted directly via the port API"):
        neutron.delete_port(port)
    with pytest.raises(exceptions.ConflictException, match="has ports still attached"):
        neutron.delete_router(router)
    with pytest.raises(exceptions.BadRequestException, match="Router already has a port on subnet"):
        neutron.add_interface_to_router(router, subnet_id=subnet.id)
    neutron.remove_interface_from_router(router, subnet_id=subnet.id)


@pytest.mark.parametrize(
    ("subnet", "message"),
    [
        ({"cidr": "10.10.0.0/24"}, "overlaps with another subnet"),
        ({"cidr": "nope"}, "nope is not in a CIDR format"),
        ({"cidr": "10.1.0.0/24", "ip_version": 6}, "does not match the ip_version"),
        ({}, "a subnetpool must be specified in the absence of a cidr"),
    ],
)
def test_an_invalid_subnet_is_rejected(clouds: Clouds, subnet: dict[str, Any], message: str) -> None:
    network = clouds.demo.network.find_network("tenant")
    body = {"network_id": network.id, "ip_version": 4, **subnet}
    response = clouds.demo.network.post("/subnets", json={"subnet": body})
    assert response.status_code == 400
    assert message in response.json()["NeutronError"]["message"]


def test_extensions_are_found_by_alias(clouds: Clouds) -> None:
    for alias in ("project-id", "standard-attr-tag", "security-group", "router"):
        assert clouds.demo.network.get(f"/extensions/{alias}").json()["extension"]["alias"] == alias
    assert clouds.demo.network.get("/extensions/nope").status_code == 404
