"""Trove's own options keep their meaning, so an operator's configuration does, too."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from deployment import Deployment, Open

CLOUDINIT = "#cloud-config\npackages: [htop]\nwrite_files:\n- {path: /etc/motd, encoding: b64, content: aGk=}\n"

OTHERWISE = {
    "DEFAULT": {
        "volume_rootdisk_support": "true",
        "volume_rootdisk_size": "7",
        "enable_volume_az": "true",
        "use_nova_server_config_drive": "true",
        "nova_keypair": "operator",
        "trove_dns_support": "false",
        "trove_security_groups_support": "false",
        "docker_bridge_network_ip": "172.31.0.1/24",
        "docker_insecure_registries": "registry.example:5000",
        "controller_address": "192.0.2.1",
    },
    "network": {"network_isolation": "false", "enable_access_check": "false"},
    "postgresql": {"volume_support": "false", "device_path": ""},
}
"""Everything that is off by default is on, and the other way round."""

BARE = {
    "DEFAULT": {"management_networks": "", "block_device_mapping": "vdc", "trove_security_group_name_prefix": "db"},
    "mysql": {"tcp_ports": "3306,6000-6010", "udp_ports": "7000"},
}
"""A deployment whose instances are only on their users' networks."""


@pytest.fixture(scope="module")
def two(open_lab: Open) -> Iterator[Sequence[Deployment]]:
    """Both deployments, started in parallel."""
    with ExitStack() as stack, ThreadPoolExecutor() as threads:
        labs = [open_lab(options=options) for options in (OTHERWISE, BARE)]
        yield list(threads.map(stack.enter_context, labs))


@pytest.fixture(scope="module")
def inverted(two: Sequence[Deployment]) -> Deployment:
    """Trove with the inverted options, its keypair, and an operator's cloud-init configuration."""
    trove = two[0]
    cloudinit = trove.lab.directory / "cloudinit"
    cloudinit.mkdir()
    (cloudinit / "mysql.cloudinit").write_text(CLOUDINIT)
    trove.service.compute.create_keypair(name="operator")
    trove.admin.block_storage.create_type(name="fast")
    return trove


@pytest.fixture(scope="module")
def bare(two: Sequence[Deployment]) -> Deployment:
    """Trove without a management network."""
    return two[1]


def test_root_volume_zone_keypair_and_config_drive(inverted: Deployment) -> None:
    instance_id = inverted.create("otherwise", availability_zone="nova", volume={"size": 2, "type": "fast"})
    (record,) = inverted.until_settled(instance_id)
    server, volumes = inverted.server_of(instance_id), inverted.volumes_of(instance_id)
    root, data = volumes["root"], volumes["datastore"]
    assert (server["image"], server["key_name"], server["config_drive"]) == ("", "operator", "True")
    assert server["OS-EXT-AZ:availability_zone"] == "nova"
    assert (root["size"], root["bootable"], data["size"], data["bootable"]) == (7, "true", 2, "false")
    assert {volume["availability_zone"] for volume in volumes.values()} == {"nova"}
    assert {volume["volume_type"] for volume in volumes.values()} == {"fast"}
    assert record.volume_id == data["id"]
    assert inverted.of(instance_id) == {"servers": 1, "volumes": 2, "ports": 2}
    assert {port["security_group_ids"] == [] for port in inverted.rows_of(instance_id)["ports"]} == {True}
    inverted.delete(instance_id)


def test_user_data_without_isolation_and_with_the_operators_cloudinit(inverted: Deployment) -> None:
    instance_id = inverted.create("user-data")
    inverted.until_settled(instance_id)
    files = inverted.files_of(instance_id)
    assert "network_isolation=False" in files["/etc/trove/conf.d/guest_info.conf"]
    assert "/etc/trove/eth1.json" not in files
    assert json.loads(files["/etc/docker/daemon.json"]) == {
        "bip": "172.31.0.1/24",
        "insecure-registries": ["registry.example:5000"],
    }
    assert (files["/etc/trove/controller.conf"], files["/etc/motd"]) == ("CONTROLLER=192.0.2.1", "hi")
    assert inverted.user_data_of(instance_id)["packages"] == ["htop"]
    inverted.delete(instance_id)


def test_a_datastore_without_volumes_keeps_its_data_on_the_server(inverted: Deployment) -> None:
    instance_id = inverted.create("ephemeral", datastore="postgresql", datastore_version="17", volume=None)
    (record,) = inverted.until_settled(instance_id)
    assert (record.volume_id, set(inverted.volumes_of(instance_id))) == (None, {"root"})
    inverted.delete(instance_id)


def test_without_a_management_network_the_users_port_is_the_only_one(bare: Deployment) -> None:
    instance_id = bare.create("bare", access={"is_public": True})
    bare.until_settled(instance_id)
    held = bare.rows_of(instance_id)
    assert set(bare.ports_of(instance_id)) == {"User"}
    assert len(held["floating_ips"]) == 1
    assert [group["name"] for group in held["security_groups"]] == [f"db-{instance_id}"]
    ingress = [rule for rule in held["security_group_rules"] if rule["direction"] == "ingress"]
    assert {(rule["protocol"], rule["port_range_min"], rule["port_range_max"]) for rule in ingress} == {
        ("tcp", 3306, 3306),
        ("tcp", 6000, 6010),
        ("udp", 7000, 7000),
    }
    # The network is isolated only if the guest has two networks.
    assert "/etc/trove/eth1.json" not in bare.files_of(instance_id)
    bare.delete(instance_id)


def test_without_any_network_nova_creates_the_port_and_the_server_has_the_security_group(bare: Deployment) -> None:
    """Stock Trove creates the security group and does not use it."""
    instance_id = bare.create("nowhere", nics=None)
    bare.until_settled(instance_id)
    server, (group,) = bare.server_of(instance_id), bare.rows_of(instance_id)["security_groups"]
    assert [each["name"] for each in server["security_groups"]] == [group["name"]]
    (port,) = [row for row in bare.lab.control.get("inventory")["ports"] if row["device_id"] == server["id"]]
    assert port["security_group_ids"] == [group["id"]]
    assert bare.rows_of(instance_id)["recordsets"][0]["records"] == [port["fixed_ips"][0]["ip_address"]]
    bare.delete(instance_id)
    assert not any(bare.lab.control.get("inventory").values())
