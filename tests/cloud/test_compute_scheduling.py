"""Nova's scheduling: hosts, server groups, and the fault when no host is found.

Source of all: exchanges with Nova 34.0.0.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud.compute_kit import UNKNOWN, Fleet, message
from cloud.conftest import Clouds


@pytest.fixture
def fleet(clouds: Clouds) -> Iterator[Fleet]:
    made = Fleet(clouds)
    yield made
    made.clear()


def _host(fleet: Fleet, server_id: str) -> str:
    return str(fleet.show(server_id, who="admin")["OS-EXT-SRV-ATTR:host"])


def _hosts(fleet: Fleet) -> int:
    return len(fleet.get("/os-hypervisors", who="admin").json()["hypervisors"])


def test_a_flavor_that_fits_no_host_ends_in_error_with_a_fault(fleet: Fleet) -> None:
    fleet.lift_quotas()
    server_id = fleet.server("ERROR", flavorRef=fleet.flavor("m1.huge"))
    server = fleet.show(server_id)
    assert (server["fault"]["code"], server["fault"]["message"]) == (500, "No valid host was found. ")
    assert "details" not in server["fault"]
    assert (server["hostId"], server["addresses"], server["OS-EXT-AZ:availability_zone"]) == ("", {}, "")
    assert "No valid host was found" in fleet.show(server_id, who="admin")["fault"]["details"]


def test_a_server_without_a_host_keeps_no_port(clouds: Clouds, fleet: Fleet) -> None:
    fleet.lift_quotas()
    given = fleet.port()
    networks = [{"port": given}, {"uuid": fleet.network_id}]
    server_id = fleet.server("ERROR", flavorRef=fleet.flavor("m1.huge"), networks=networks)
    assert list(clouds.demo.network.ports(device_id=server_id)) == []
    assert clouds.demo.network.get_port(given).device_id == ""


def test_a_server_without_a_host_keeps_its_volume_reserved_until_it_is_deleted(clouds: Clouds, fleet: Fleet) -> None:
    fleet.lift_quotas()
    volume = fleet.volume()
    root = {"boot_index": 0, "source_type": "image", "destination_type": "local", "uuid": fleet.image_id}
    data = {"boot_index": -1, "source_type": "volume", "destination_type": "volume", "uuid": volume}
    huge = fleet.flavor("m1.huge")
    server_id = fleet.server("ERROR", flavorRef=huge, block_device_mapping_v2=[root, data])
    assert clouds.demo.block_storage.get_volume(volume).status == "reserved"
    fleet.api.delete(f"/servers/{server_id}")
    fleet.gone(server_id)
    fleet.wait_volume(volume, "available")


def test_an_address_outside_the_network_fails_the_build(fleet: Fleet) -> None:
    volume = fleet.volume()
    root = {"boot_index": 0, "source_type": "image", "destination_type": "local", "uuid": fleet.image_id}
    data = {"boot_index": -1, "source_type": "volume", "destination_type": "volume", "uuid": volume}
    networks = [{"uuid": fleet.network_id, "fixed_ip": "10.99.0.1"}]
    server_id = fleet.server("ERROR", networks=networks, block_device_mapping_v2=[root, data])
    assert fleet.show(server_id)["fault"]["message"] == (
        f"Build of instance {server_id} aborted: Invalid input received: Fixed IP 10.99.0.1 is not a valid ip address"
        f" for network {fleet.network_id}."
    )
    fleet.wait_volume(volume, "available")
    listed = fleet.show(server_id)["os-extended-volumes:volumes_attached"]
    assert [each["id"] for each in listed] == [volume]


def test_the_hints_are_shown_as_lists_since_2_100(fleet: Fleet) -> None:
    group = fleet.group("affinity")
    server_id = fleet.server(hints={"group": group})
    assert fleet.show(server_id, version="2.100")["scheduler_hints"] == {"group": [group]}


def test_members_of_an_anti_affinity_group_have_different_hosts(fleet: Fleet) -> None:
    group, hosts = fleet.group("anti-affinity"), _hosts(fleet)
    members = [fleet.server(hints={"group": group}) for _ in range(hosts)]
    assert len({_host(fleet, each) for each in members}) == hosts
    one_more = fleet.server("ERROR", hints={"group": group})
    said = "No valid host was found. There are not enough hosts available."
    assert fleet.show(one_more)["fault"]["message"] == said
    assert fleet.show(one_more)["server_groups"] == [group]
    shown = fleet.get(f"/os-server-groups/{group}").json()["server_group"]
    assert sorted(shown["members"]) == sorted([*members, one_more])


def test_members_of_an_affinity_group_share_a_host(fleet: Fleet) -> None:
    group = fleet.group("affinity")
    assert len({_host(fleet, fleet.server(hints={"group": group})) for _ in range(2)}) == 1


def test_a_soft_group_is_satisfied_as_far_as_possible(fleet: Fleet) -> None:
    group, hosts = fleet.group("soft-anti-affinity"), _hosts(fleet)
    members = [fleet.server(hints={"group": group}) for _ in range(hosts + 1)]
    assert len({_host(fleet, each) for each in members}) == hosts


def test_a_rule_lets_several_members_share_a_host(fleet: Fleet) -> None:
    group, hosts = fleet.group("anti-affinity", max_server_per_host=2), _hosts(fleet)
    members = [fleet.server(hints={"group": group}) for _ in range(hosts + 1)]
    assert len({_host(fleet, each) for each in members}) <= hosts


def test_a_group_is_shown_by_its_policies_before_2_64_and_by_its_policy_after(fleet: Fleet) -> None:
    group = fleet.group("anti-affinity", max_server_per_host=3)
    path = f"/os-server-groups/{group}"
    early = fleet.get(path, version="2.1").json()["server_group"]
    assert early == {"id": group, "name": "contract", "policies": ["anti-affinity"], "metadata": {}, "members": []}
    late = fleet.get(path).json()["server_group"]
    assert (late["policy"], late["rules"]) == ("anti-affinity", {"max_server_per_host": 3})
    assert "policies" not in late


@pytest.mark.parametrize(
    ("version", "given", "said"),
    [
        ("2.1", {"name": "x"}, "'policies' is a required property"),
        ("2.1", {"policies": ["affinity"]}, "'name' is a required property"),
        ("2.1", {"name": "x", "policies": ["nope"]}, "'nope' is not one of ['anti-affinity', 'affinity']"),
        ("2.1", {"name": "x", "policies": ["soft-affinity"]}, "'soft-affinity' is not one of"),
        ("2.64", {"name": "x", "policies": ["affinity"]}, "'policy' is a required property"),
        (
            "2.64",
            {"name": "x", "policy": "affinity", "rules": {"max_server_per_host": 3}},
            "Only anti-affinity policy supports rules.",
        ),
    ],
)
def test_an_invalid_group_is_rejected(fleet: Fleet, version: str, given: dict[str, Any], said: str) -> None:
    answer = fleet.api.post("/os-server-groups", json={"server_group": given}, microversion=version)
    assert answer.status_code == 400
    assert said in message(answer)


def test_an_unknown_group_and_another_projects_are_not_found(fleet: Fleet) -> None:
    for group, who in ((UNKNOWN, "demo"), (fleet.group("affinity"), "alt")):
        answer = fleet.get(f"/os-server-groups/{group}", who=who)
        assert (answer.status_code, message(answer)) == (404, f"Instance group {group} could not be found.")


def test_a_group_is_deleted_and_its_members_remain(fleet: Fleet) -> None:
    group = fleet.group("affinity")
    server_id = fleet.server(hints={"group": group})
    assert fleet.api.delete(f"/os-server-groups/{group}").status_code == 204
    assert fleet.api.delete(f"/os-server-groups/{group}").status_code == 404
    assert fleet.show(server_id)["status"] == "ACTIVE"


def test_zones_are_shown_to_everybody_and_their_hosts_to_administrators(fleet: Fleet) -> None:
    zones = fleet.get("/os-availability-zone").json()["availabilityZoneInfo"]
    assert zones == [{"zoneName": "nova", "zoneState": {"available": True}, "hosts": None}]
    for path, policy in {
        "/os-hypervisors": "os-hypervisors:list",
        "/os-services": "os-services:list",
        "/os-availability-zone/detail": "os-availability-zone:detail",
    }.items():
        assert message(fleet.get(path)) == f"Policy doesn't allow os_compute_api:{policy} to be performed."
        assert fleet.get(path, who="admin").status_code == 200
    services = fleet.get("/os-services?binary=nova-compute", who="admin").json()["services"]
    assert {(each["zone"], each["status"], each["state"]) for each in services} == {("nova", "enabled", "up")}
