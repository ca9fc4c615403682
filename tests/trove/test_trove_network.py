"""Requests of users about networks."""

from deployment import Deployment

from trove_lab.local.surroundings import Surroundings


def test_a_requested_fixed_address_on_a_subnet_is_used(trove: Deployment) -> None:
    there: Surroundings = trove.lab.surroundings
    subnet = next(trove.admin.network.subnets(network_id=there.tenant_network_id, ip_version=4))
    nic = {"network_id": there.tenant_network_id, "subnet_id": subnet.id, "ip_address": "10.10.0.77"}
    assert subnet.cidr.startswith("10.10.0.")
    instance_id = trove.create("fixed", nics=[nic])
    trove.until_settled(instance_id)
    assert trove.ports_of(instance_id)["User"]["fixed_ips"] == [{"subnet_id": subnet.id, "ip_address": "10.10.0.77"}]
    assert trove.ports_of(instance_id)["Management"]["network_id"] == there.management_network_id
    trove.delete(instance_id)


def test_without_a_nic_there_is_only_the_management_port(trove: Deployment) -> None:
    instance_id = trove.create("unconnected", nics=None)
    (record,) = trove.until_settled(instance_id)
    assert set(trove.ports_of(instance_id)) == {"Management"}
    assert "/etc/trove/eth1.json" not in trove.files_of(instance_id)
    assert record.hostname == trove.rows_of(instance_id)["recordsets"][0]["name"].rstrip(".")
    trove.delete(instance_id)


def test_a_public_instance_has_a_floating_ip_of_its_tenant_and_admits_the_allowed_cidrs(trove: Deployment) -> None:
    allowed = ["192.0.2.0/24", "198.51.100.7/32"]
    instance_id = trove.create("public", access={"is_public": True, "allowed_cidrs": allowed})
    trove.until_settled(instance_id)
    (floating,) = trove.rows_of(instance_id)["floating_ips"]
    assert floating["project_id"] == trove.rows_of(instance_id)["servers"][0]["metadata"]["trove_project_id"]
    assert floating["port_id"] == trove.ports_of(instance_id)["User"]["id"]
    assert trove.let_in(instance_id) == {("tcp", 3306, 3306, cidr) for cidr in allowed}
    trove.delete(instance_id)


def test_a_floating_ip_without_a_port_is_rejected_before_the_first_call(trove: Deployment) -> None:
    """Stock Trove ignores the request. Trove's API rejects most other impossible requests."""
    before = trove.order
    instance_id = trove.create("wrong", nics=None, access={"is_public": True})
    record = trove.until_failed(instance_id, "was not created")
    assert "access.is_public: a floating IP needs a user port" in record.fault
    assert trove.plug_in_requests(before) == []
    trove.delete(instance_id)


def test_a_create_on_a_network_without_a_router_fails_and_is_undone(trove: Deployment) -> None:
    network = trove.admin.network.create_network(name="island", project_id=trove.lab.surroundings.project_id)
    trove.admin.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.99.0.0/24")
    instance_id = trove.create("island", nics=[{"network_id": network.id}])
    record = trove.until_failed(instance_id, "was not created")
    assert "is not connected to a router" in record.fault
    assert trove.of(instance_id) == {}
    trove.delete(instance_id)
    trove.admin.network.delete_network(network)
