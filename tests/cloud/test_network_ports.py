"""Neutron's ports. Source of all: exchanges with Neutron 29.0.0."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from openstack import exceptions

from cloud.conftest import Clouds


@pytest.fixture
def net(clouds: Clouds) -> Iterator[Any]:
    """A network of ``demo`` with five addresses. Its ports are deleted with it."""
    neutron = clouds.demo.network
    network = neutron.create_network(name="contract-net")
    subnet = neutron.create_subnet(network_id=network.id, ip_version=4, cidr="10.77.0.0/29", name="contract-sub")
    made: list[Any] = []

    def port(**attributes: Any) -> Any:
        made.append(neutron.create_port(network_id=network.id, **attributes))
        return made[-1]

    yield SimpleNamespace(id=network.id, subnet=subnet, port=port)
    for each in made:
        neutron.delete_port(each, ignore_missing=True)
    neutron.delete_network(network)


def test_a_port_gets_an_address_a_mac_and_the_default_group(clouds: Clouds, net: Any) -> None:
    port = net.port(name="p", description="User port for trove instance 1")
    default = next(clouds.demo.network.security_groups(name="default"))
    assert port.status == "DOWN"
    assert port.mac_address.startswith("fa:16:3e:")
    assert [fixed["subnet_id"] for fixed in port.fixed_ips] == [net.subnet.id]
    assert port.security_group_ids == [default.id]
    assert (port.device_id, port.device_owner) == ("", "")
    assert port.description == "User port for trove instance 1"


def test_a_fixed_address_can_be_requested(net: Any) -> None:
    port = net.port(fixed_ips=[{"subnet_id": net.subnet.id, "ip_address": "10.77.0.6"}])
    assert port.fixed_ips == [{"subnet_id": net.subnet.id, "ip_address": "10.77.0.6"}]


@pytest.mark.parametrize(
    ("fixed_ip", "kind", "reason"),
    [
        ({"ip_address": "10.77.0.6"}, "ConflictException", "it is in use"),
        ({"ip_address": "10.99.0.6"}, "BadRequestException", "it is on no subnet of the network"),
        ({"ip_address": "10.77.0.7"}, "BadRequestException", "it is the broadcast address"),
        ({"ip_address": "nope"}, "BadRequestException", "it is not an address"),
        ({"subnet_id": "00000000-0000-0000-0000-000000000000"}, "NotFoundException", "no subnet has this id"),
    ],
)
def test_an_unavailable_address_is_rejected(net: Any, fixed_ip: dict[str, str], kind: str, reason: str) -> None:
    net.port(fixed_ips=[{"ip_address": "10.77.0.6"}])
    with pytest.raises(exceptions.HttpException) as refused:
        net.port(fixed_ips=[fixed_ip])
    assert type(refused.value).__name__ == kind, reason


def test_a_network_runs_out_of_addresses(net: Any) -> None:
    for _ in range(5):
        net.port()
    with pytest.raises(exceptions.ConflictException, match="No more IP addresses available on network"):
        net.port()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Required attribute 'network_id' not specified"),
        ({"network_id": "nope"}, "Invalid input for network_id. Reason: 'nope' is not a valid UUID."),
        ({"network_id": "NET", "nope": 1}, "Unrecognized attribute(s) 'nope'"),
        ({"network_id": "NET", "name": 1}, "Invalid input for name. Reason: '1' is not a valid string."),
        ({"network_id": "NET", "security_groups": ["nope"]}, "'nope' is not a valid UUID."),
        ({"network_id": "NET", "mac_address": "zz"}, "'zz' is not a valid MAC address."),
        ({"network_id": "NET", "tenant_id": "0" * 32}, "Specifying 'project_id' other than the authenticated project"),
    ],
)
def test_invalid_input_is_rejected_with_the_field(clouds: Clouds, net: Any, body: dict[str, Any], message: str) -> None:
    if body.get("network_id") == "NET":
        body = {**body, "network_id": net.id}
    response = clouds.demo.network.post("/ports", json={"port": body})
    assert response.status_code == 400
    assert message in response.json()["NeutronError"]["message"]


def test_a_body_that_is_not_json_is_rejected(clouds: Clouds) -> None:
    response = clouds.demo.network.post("/ports", data="{bad", headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert response.json()["NeutronError"]["message"] == "Body contains invalid data"


def test_binding_is_for_administrators(clouds: Clouds, net: Any) -> None:
    with pytest.raises(exceptions.ForbiddenException, match="create_port:binding:host_id"):
        net.port(binding_host_id="compute1")
    port = net.port()
    assert "binding:host_id" not in clouds.demo.network.get(f"/ports/{port.id}").json()["port"]
    assert clouds.admin.network.get(f"/ports/{port.id}").json()["port"]["binding:host_id"] == ""


def test_another_project_neither_sees_nor_changes_nor_deletes_a_port(clouds: Clouds, net: Any) -> None:
    port = net.port()
    with pytest.raises(exceptions.NotFoundException, match=f"Port {port.id} could not be found."):
        clouds.alt.network.get_port(port.id)
    with pytest.raises(exceptions.NotFoundException, match=f"Port {port.id} could not be found."):
        clouds.alt.network.update_port(port.id, name="x")
    with pytest.raises(exceptions.NotFoundException):
        clouds.alt.network.delete_port(port.id, ignore_missing=False)
    assert not [each for each in clouds.alt.network.ports() if each.id == port.id]


def test_lists_are_filtered_by_what_a_port_has(clouds: Clouds, net: Any) -> None:
    first = net.port(name="a", description="one", fixed_ips=[{"ip_address": "10.77.0.5"}])
    second = net.port(name="b", device_id="server-1")
    ports = clouds.demo.network.get
    asked = {
        "name=a": {first.id},
        "name=a&name=b": {first.id, second.id},
        "description=one": {first.id},
        "device_id=server-1": {second.id},
        f"fixed_ips=subnet_id%3D{net.subnet.id}": {first.id, second.id},
        "fixed_ips=ip_address%3D10.77.0.5": {first.id},
        "name=nope": set(),
    }
    for query, wanted in asked.items():
        rows = ports(f"/ports?network_id={net.id}&{query}").json()["ports"]
        assert {row["id"] for row in rows} == wanted, query


def test_an_unknown_filter_is_rejected(clouds: Clouds) -> None:
    response = clouds.demo.network.get("/ports?nope=1")
    assert response.status_code == 400
    assert response.json()["NeutronError"]["message"] == "['nope'] is invalid attribute for filtering"


def test_lists_have_fields_and_pages(clouds: Clouds, net: Any) -> None:
    ids = {net.port().id for _ in range(3)}
    body = clouds.demo.network.get(f"/ports?network_id={net.id}&fields=id&limit=2").json()
    assert [set(row) for row in body["ports"]] == [{"id"}, {"id"}]
    following = next(link["href"] for link in body["ports_links"] if link["rel"] == "next")
    rest = clouds.demo.session.get(following, authenticated=True).json()["ports"]
    assert {row["id"] for row in body["ports"] + rest} == ids


def test_many_ports_are_created_at_once_or_none(clouds: Clouds, net: Any) -> None:
    good, bad = {"network_id": net.id, "name": "bulk"}, {"network_id": net.id, "fixed_ips": [{"ip_address": "9.9.9.9"}]}
    response = clouds.demo.network.post("/ports", json={"ports": [good, bad]})
    assert response.status_code == 400
    assert not list(clouds.demo.network.ports(name="bulk"))
    response = clouds.demo.network.post("/ports", json={"ports": [good, good]})
    assert response.status_code == 201
    for row in response.json()["ports"]:
        clouds.demo.network.delete_port(row["id"])


def test_a_port_is_renamed_and_not_moved(clouds: Clouds, net: Any) -> None:
    port = net.port(name="before")
    before = port.revision_number
    after = clouds.demo.network.update_port(port, name="after")
    assert after.name == "after"
    assert after.revision_number > before
    response = clouds.demo.network.put(f"/ports/{port.id}", json={"port": {"network_id": net.id}})
    assert response.status_code == 400
    assert response.json()["NeutronError"]["message"] == "Cannot update read-only attribute network_id"


def test_an_update_of_an_older_revision_is_rejected(clouds: Clouds, net: Any) -> None:
    port = net.port()
    clouds.demo.network.update_port(port, name="x")
    response = clouds.demo.network.put(
        f"/ports/{port.id}", json={"port": {"name": "y"}}, headers={"If-Match": "revision_number=0"}
    )
    assert response.status_code == 412


def test_the_owner_of_a_server_s_port_cannot_delete_it(clouds: Clouds, net: Any) -> None:
    port = net.port()
    clouds.admin.network.update_port(port.id, device_id="x", device_owner="compute:nova")
    with pytest.raises(exceptions.ForbiddenException, match="delete_port"):
        clouds.demo.network.delete_port(port)
    clouds.admin.network.delete_port(port.id)


def test_a_network_and_a_subnet_with_ports_are_in_use(clouds: Clouds, net: Any) -> None:
    net.port()
    with pytest.raises(exceptions.ConflictException, match="One or more ports have an IP allocation"):
        clouds.demo.network.delete_subnet(net.subnet)
    with pytest.raises(exceptions.ConflictException, match="one or more ports still in use on the network"):
        clouds.demo.network.delete_network(net.id)


def test_tags_are_set_one_by_one_and_filtered_by(clouds: Clouds, net: Any) -> None:
    port = net.port(name="tagged")
    clouds.demo.network.set_tags(port, ["a", "b"])
    ports = clouds.demo.network.get
    for query, wanted in {"tags=a,b": 1, "tags=a,zz": 0, "tags-any=a,zz": 1, "not-tags=a": 0}.items():
        assert len(ports(f"/ports?name=tagged&{query}").json()["ports"]) == wanted, query
    assert ports(f"/ports/{port.id}/tags/a").status_code == 204
    assert ports(f"/ports/{port.id}/tags/nope").status_code == 404


def test_more_ports_than_the_quota_are_rejected(clouds: Clouds, request: pytest.FixtureRequest) -> None:
    """In a project in which no other test creates ports."""
    alt, admin, project = clouds.alt.network, clouds.admin.network, clouds.alt.current_project_id
    network = alt.create_network(name="contract-quota")
    request.addfinalizer(lambda: alt.delete_network(network))
    port = alt.create_port(network_id=network.id)
    request.addfinalizer(lambda: alt.delete_port(port))
    admin.put(f"/quotas/{project}", json={"quota": {"port": len(list(alt.ports())), "force": True}})
    request.addfinalizer(lambda: admin.delete(f"/quotas/{project}"))
    with pytest.raises(exceptions.ConflictException, match=r"Quota exceeded for resources: \['port'\]."):
        alt.create_port(network_id=network.id)
