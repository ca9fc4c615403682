"""Operations on instances that were created with other options, or by another engine."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from deployment import Deployment, Open

pytestmark = pytest.mark.timeout(240)

LATER = {
    "DEFAULT": {
        "cinder_volume_type": "fast",
        "nova_keypair": "operator",
        "use_nova_server_config_drive": "true",
        "enable_volume_az": "true",
        "trove_security_group_rule_cidr": "198.51.100.0/24",
        "block_device_mapping": "vdx",
        "online_volume_resize": "true",
        "volume_rootdisk_support": "true",
    },
    "mysql": {"tcp_ports": "3307", "udp_ports": "7000"},
}
"""Options that an operator changes after the instances were created."""
OPERATIONS = ("resize", "grow", "access", "reboot", "rebuild", "migrate")


@dataclass(frozen=True, kw_only=True)
class Later:
    """Instances, and their resources before the operator changed the options."""

    trove: Deployment
    ids: Mapping[str, str]
    before: Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def later(open_lab: Open) -> Iterator[Later]:
    """Instances created with the usual options. Then other options apply, and there is another image."""
    with open_lab() as trove:
        ids = {name: trove.create(f"later-{name}") for name in OPERATIONS}
        trove.until_settled(*ids.values())
        before = {name: whole(trove, instance_id) for name, instance_id in ids.items()}
        trove.service.compute.create_keypair(name="operator")
        trove.admin.block_storage.create_type(name="fast")
        network = trove.admin.network.create_network(name="later-mgmt", project_id=trove.lab.surroundings.project_id)
        trove.admin.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.77.0.0/24")
        defaults = {**LATER["DEFAULT"], "management_networks": network.id}
        trove.restart_with({**LATER, "DEFAULT": defaults})
        trove.until_settled(*ids.values())
        yield Later(trove=trove, ids=ids, before=before)


def whole(trove: Deployment, instance_id: str) -> Mapping[str, Any]:
    """Return everything that the cloud shows of an instance, except what every operation may change."""
    server, volume, rows = (
        trove.server_of(instance_id),
        trove.volumes_of(instance_id)["datastore"],
        trove.rows_of(instance_id),
    )
    of_server = ("name", "metadata", "key_name", "config_drive", "OS-EXT-AZ:availability_zone", "tags")
    of_volume = ("name", "description", "volume_type", "availability_zone", "metadata")
    of_row = ("id", "name", "description", "fixed_ips", "security_group_ids", "network_id", "records")
    return {
        "server": {name: server[name] for name in of_server},
        "image": server["image"],
        "flavor": server["flavor"]["original_name"],
        "host": server["OS-EXT-SRV-ATTR:host"],
        "devices": [each["id"] for each in server["os-extended-volumes:volumes_attached"]],
        "files": trove.files_of(instance_id),
        "volume": {name: volume[name] for name in of_volume},
        "size": volume["size"],
        "let in": trove.let_in(instance_id),
        "rows": {
            kind: [{name: row[name] for name in of_row if name in row} for row in found]
            for kind, found in rows.items()
            if kind in ("ports", "security_groups", "recordsets", "floating_ips")
        },
    }


def changed(later: Later, operation: str) -> Mapping[str, Any]:
    """Return what an operation has changed."""
    later.trove.until_settled(later.ids[operation])
    now = whole(later.trove, later.ids[operation])
    return {name: value for name, value in now.items() if value != later.before[operation][name]}


def test_a_resize_changes_only_the_flavor(later: Later) -> None:
    later.trove.resize(later.ids["resize"], "m1.medium")
    assert changed(later, "resize") in (
        {"flavor": "m1.medium"},
        {"flavor": "m1.medium", "host": moved(later, "resize")},
    )


def moved(later: Later, operation: str) -> str:
    return str(later.trove.server_of(later.ids[operation])["OS-EXT-SRV-ATTR:host"])


def test_an_extension_changes_only_the_size_and_is_now_done_online(later: Later) -> None:
    calls = len(later.trove.guest_calls(later.ids["grow"]))
    later.trove.grow(later.ids["grow"], 4)
    assert changed(later, "grow") == {"size": 4}
    assert [each["call"] for each in later.trove.guest_calls(later.ids["grow"])[calls:]] == ["resize_fs"]


def test_an_access_update_uses_the_ports_of_the_instance_not_those_of_the_options(later: Later) -> None:
    later.trove.client.instances.update(later.ids["access"], allowed_cidrs=["203.0.113.0/24"])
    assert changed(later, "access") == {"let in": {("tcp", 3306, 3306, "203.0.113.0/24")}}


def test_a_reboot_changes_nothing(later: Later) -> None:
    later.trove.reboot(later.ids["reboot"])
    assert changed(later, "reboot") == {}


def test_a_migration_changes_only_the_host(later: Later) -> None:
    later.trove.migrate(later.ids["migrate"])
    assert set(changed(later, "migrate")) == {"host"}


def test_a_rebuild_changes_only_the_image(later: Later) -> None:
    """The user data is sent again unchanged, because no option of the guest has changed."""
    image = later.trove.admin.image.upload_image(
        name="later", container_format="bare", disk_format="raw", visibility="public", data=b"image"
    )
    later.trove.rebuild(later.ids["rebuild"], image.id)
    assert changed(later, "rebuild") == {
        "image": {**later.before["rebuild"]["image"], "id": image.id, "links": links(later)}
    }


def links(later: Later) -> Any:
    return later.trove.server_of(later.ids["rebuild"])["image"]["links"]


def set_engine(trove: Deployment, instance_id: str, engine: str | None) -> None:
    """Write the owning engine of an instance into its row."""
    with closing(sqlite3.connect(trove.lab.trove_database, timeout=30)) as connection, connection:
        connection.execute("update instances set provisioning_engine = ? where id = ?", (engine, instance_id))


def test_every_operation_is_rejected_for_an_instance_of_another_engine(later: Later) -> None:
    trove, instance_id = later.trove, later.ids["reboot"]
    set_engine(trove, instance_id, "orchestrator")
    before, order, quota = whole(trove, instance_id), trove.order, trove.quota_not_in_rows()
    asks = {
        "Resize flavor": lambda: trove.resize(instance_id, "m1.medium"),
        "Resize volume": lambda: trove.grow(instance_id, 9),
        "Update access": lambda: trove.client.instances.update(instance_id, is_public=True),
        "Reboot": lambda: trove.reboot(instance_id),
        "Rebuild": lambda: trove.rebuild(instance_id),
        "Migrate": lambda: trove.migrate(instance_id),
    }
    for operation, ask in asks.items():
        ask()
        says = f"{operation} was refused. instance {instance_id} was provisioned by the engine orchestrator, which"
        record = trove.until_faulted(instance_id, says)
        assert record.task == "NONE", operation
        assert not record.task_failed, operation
        trove.until_settled(instance_id)
    assert trove.plug_in_requests(order) == []
    assert whole(trove, instance_id) == before
    assert trove.quota_not_in_rows() == quota
    # An instance without an engine was created before the plug-in was installed.
    set_engine(trove, instance_id, None)
    trove.resize(instance_id, "m1.medium")
    (record,) = trove.until_settled(instance_id)
    assert (record.engine, record.flavor_id) == (None, trove.flavor("m1.medium"))
