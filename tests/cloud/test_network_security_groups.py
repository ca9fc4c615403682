"""Neutron's security groups and rules. Source of all: exchanges with Neutron 29.0.0."""

from collections.abc import Iterator
from typing import Any

import pytest
from openstack import exceptions

from cloud.conftest import Clouds


@pytest.fixture
def group(clouds: Clouds) -> Iterator[Any]:
    """A security group of ``demo``."""
    made = clouds.demo.network.create_security_group(name="contract-group", description="d")
    yield made
    clouds.demo.network.delete_security_group(made, ignore_missing=True)


def _rule(group: Any, **attributes: Any) -> dict[str, Any]:
    return {"security_group_id": group.id, "direction": "ingress", **attributes}


def _post(clouds: Clouds, rule: dict[str, Any]) -> Any:
    return clouds.demo.network.post("/security-group-rules", json={"security_group_rule": rule})


def test_a_new_group_allows_all_egress_and_no_ingress(group: Any) -> None:
    rules = {(rule["direction"], rule["ethertype"]) for rule in group.security_group_rules}
    assert rules == {("egress", "IPv4"), ("egress", "IPv6")}


def test_every_project_has_a_default_group_that_cannot_be_removed_or_renamed(clouds: Clouds) -> None:
    default = next(clouds.demo.network.security_groups(name="default"))
    with pytest.raises(exceptions.ConflictException, match="Insufficient rights for removing default"):
        clouds.demo.network.delete_security_group(default)
    with pytest.raises(exceptions.ConflictException, match="Updating default security group not allowed"):
        clouds.demo.network.update_security_group(default, name="x")
    with pytest.raises(exceptions.ConflictException, match="Default security group already exists"):
        clouds.demo.network.create_security_group(name="default")


def test_names_are_not_unique(clouds: Clouds, group: Any, request: pytest.FixtureRequest) -> None:
    other = clouds.demo.network.create_security_group(name=group.name)
    request.addfinalizer(lambda: clouds.demo.network.delete_security_group(other))
    assert len(list(clouds.demo.network.security_groups(name=group.name))) == 2


def test_a_rule_is_normalized(clouds: Clouds, group: Any) -> None:
    given = _rule(group, protocol="TCP", port_range_min="22", port_range_max="22", remote_ip_prefix="10.1.2.3/8")
    rule = _post(clouds, given).json()["security_group_rule"]
    assert (rule["protocol"], rule["port_range_min"], rule["ethertype"]) == ("tcp", 22, "IPv4")
    assert (rule["remote_ip_prefix"], rule["normalized_cidr"]) == ("10.1.2.3/8", "10.0.0.0/8")


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({"protocol": "tcp", "port_range_min": 10, "port_range_max": 5}, "SecurityGroupInvalidPortRange"),
        ({"protocol": "tcp", "port_range_min": 10}, "SecurityGroupInvalidPortRange"),
        ({"port_range_min": 10, "port_range_max": 20}, "SecurityGroupProtocolRequiredWithPorts"),
        ({"protocol": "tcp", "port_range_min": 0, "port_range_max": 70000}, "SecurityGroupInvalidPortValue"),
        ({"protocol": "nope"}, "SecurityGroupRuleInvalidProtocol"),
        ({"direction": "up"}, "HTTPBadRequest"),
        ({"ethertype": "IPv5"}, "SecurityGroupRuleInvalidEtherType"),
        ({"remote_ip_prefix": "nope"}, "InvalidCIDR"),
        ({"ethertype": "IPv6", "remote_ip_prefix": "10.0.0.0/8"}, "SecurityGroupRuleParameterConflict"),
    ],
)
def test_an_invalid_rule_is_rejected_in_neutron_s_words(
    clouds: Clouds, group: Any, rule: dict[str, Any], kind: str
) -> None:
    response = _post(clouds, _rule(group, **rule))
    assert response.status_code == 400
    assert response.json()["NeutronError"]["type"] == kind


def test_the_same_rule_twice_is_a_conflict_whatever_its_description(clouds: Clouds, group: Any) -> None:
    rule = _rule(group, protocol="tcp", port_range_min=5432, port_range_max=5432, remote_ip_prefix="10.0.0.0/8")
    first = _post(clouds, {**rule, "description": "x"}).json()["security_group_rule"]
    response = _post(clouds, rule)
    assert response.status_code == 409
    message = f"Security group rule already exists. Rule id is {first['id']}."
    assert response.json()["NeutronError"]["message"] == message


def test_a_prefix_keeps_its_host_bits_and_has_a_length(clouds: Clouds, group: Any) -> None:
    """Source: exchange with Neutron of 2026.2."""
    given = {"198.51.100.5/24": "198.51.100.5/24", "198.51.100.0/24": "198.51.100.0/24", "10.0.0.1": "10.0.0.1/32"}
    for prefix, shown in given.items():
        made = _post(clouds, _rule(group, protocol="tcp", remote_ip_prefix=prefix))
        assert made.json()["security_group_rule"]["remote_ip_prefix"] == shown
    again = _post(clouds, _rule(group, protocol="tcp", remote_ip_prefix="10.0.0.1/32"))
    assert again.status_code == 409


def test_no_prefix_is_every_address(clouds: Clouds, group: Any) -> None:
    rule = _rule(group, protocol="tcp", port_range_min=22, port_range_max=22)
    assert _post(clouds, {**rule, "remote_ip_prefix": "0.0.0.0/0"}).status_code == 201
    assert _post(clouds, rule).status_code == 409


def test_many_rules_are_created_at_once_or_none(clouds: Clouds, group: Any) -> None:
    rules = [_rule(group, protocol="tcp", port_range_min=port, port_range_max=port) for port in (1001, 1002)]
    made = clouds.demo.network.post("/security-group-rules", json={"security_group_rules": rules})
    assert made.status_code == 201
    again = [_rule(group, protocol="tcp", port_range_min=1003, port_range_max=1003), rules[1]]
    assert clouds.demo.network.post("/security-group-rules", json={"security_group_rules": again}).status_code == 409
    shown = clouds.demo.network.get(f"/security-group-rules?security_group_id={group.id}&direction=ingress").json()
    assert {rule["port_range_min"] for rule in shown["security_group_rules"]} == {1001, 1002}


def test_a_rule_is_deleted_once(clouds: Clouds, group: Any) -> None:
    rule = _post(clouds, _rule(group, protocol="udp")).json()["security_group_rule"]
    path = f"/security-group-rules/{rule['id']}"
    assert clouds.demo.network.delete(path).status_code == 204
    assert clouds.demo.network.delete(path).status_code == 404


def test_a_group_that_a_port_has_is_in_use(clouds: Clouds, group: Any, request: pytest.FixtureRequest) -> None:
    network = clouds.demo.network.find_network("tenant")
    port = clouds.demo.network.create_port(network_id=network.id, security_group_ids=[group.id])
    request.addfinalizer(lambda: clouds.demo.network.delete_port(port, ignore_missing=True))
    with pytest.raises(exceptions.ConflictException, match=f"Security Group {group.id} in use."):
        clouds.demo.network.delete_security_group(group)
    clouds.demo.network.delete_port(port)
    clouds.demo.network.delete_security_group(group)


def test_another_project_s_group_is_not_found(clouds: Clouds, group: Any) -> None:
    with pytest.raises(exceptions.NotFoundException, match=f"Security group {group.id} does not exist"):
        clouds.alt.network.get_security_group(group.id)
