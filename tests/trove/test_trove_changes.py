"""Each operation on an existing instance succeeds."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from deployment import Deployment

MEDIUM = "innodb_buffer_pool_size = 1200M"
"""The setting for m1.medium, which has 4 GiB, in Trove's template for MySQL."""
ALLOWED = ["192.0.2.0/24"]


@pytest.fixture(scope="module")
def ids(native: Deployment) -> Iterator[Sequence[str]]:
    """Instances to change, created at the same time."""
    made = [native.create(f"changed-{number}") for number in range(5)]
    native.until_settled(*made)
    yield made
    native.delete(*made)


@pytest.fixture(scope="module")
def public(native: Deployment) -> Iterator[str]:
    """An instance with a floating IP."""
    instance_id = native.create("changed-public", access={"is_public": True, "allowed_cidrs": ALLOWED})
    native.until_settled(instance_id)
    yield instance_id
    native.delete(instance_id)


@pytest.fixture(scope="module")
def pair(native: Deployment) -> Iterator[tuple[str, str]]:
    """A source and its replica."""
    source = native.create("changed-source")
    native.until_settled(source)
    of_source = dict.fromkeys(("flavor_id", "volume", "datastore", "datastore_version"))
    native.send("changed-replica", **of_source, replica_of=source)
    (replica,) = native.replicas_of(source)
    native.until_settled(replica)
    yield source, replica
    native.delete(replica)
    native.delete(source)


def constant_rows_of(trove: Deployment, instance_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the resources of an instance, without the fields that a move or an extension changes."""
    changing = ("status", "task_state", "host", "size")
    return {
        kind: [{name: value for name, value in row.items() if name not in changing} for row in rows]
        for kind, rows in trove.rows_of(instance_id).items()
    }


def host_of(trove: Deployment, instance_id: str) -> str:
    return str(trove.server_of(instance_id)["OS-EXT-SRV-ATTR:host"])


def test_a_resize_starts_the_database_on_the_new_flavor_before_it_is_confirmed(
    trove: Deployment, ids: Sequence[str]
) -> None:
    instance_id, ram = ids[0], trove.quota_in_use()["ram"]
    before, calls = constant_rows_of(trove, instance_id), len(trove.guest_calls(instance_id))
    trove.resize(instance_id, "m1.medium")
    (record,) = trove.until_settled(instance_id)
    shown, server = trove.show(instance_id), trove.server_of(instance_id)
    assert (shown.status, shown.operating_status) == ("ACTIVE", "HEALTHY")
    assert shown.flavor["id"] == record.flavor_id == trove.flavor("m1.medium")
    assert (server["status"], server["flavor"]["original_name"]) == ("ACTIVE", "m1.medium")
    stop, start = trove.guest_calls(instance_id)[calls:]
    assert (stop["call"], start["call"]) == ("stop_db", "start_db_with_conf_changes")
    assert MEDIUM in start["config_contents"]
    assert trove.quota_in_use()["ram"] == ram + 2048
    assert (record.fault, constant_rows_of(trove, instance_id)) == (None, before)


def test_a_volume_is_extended_while_it_is_detached(trove: Deployment, ids: Sequence[str]) -> None:
    instance_id, gigabytes = ids[1], trove.quota_in_use()["volumes"]
    before, calls = constant_rows_of(trove, instance_id), len(trove.guest_calls(instance_id))
    trove.grow(instance_id, 3)
    (record,) = trove.until_settled(instance_id)
    volume = trove.volumes_of(instance_id)["datastore"]
    assert (record.volume_size, volume["size"], volume["status"]) == (3, 3, "in-use")
    assert volume["attachments"][0]["server_id"] == record.server_id
    called = [each["call"] for each in trove.guest_calls(instance_id)[calls:]]
    assert called == ["stop_db", "unmount_volume", "resize_fs", "mount_volume", "restart"]
    assert trove.quota_in_use()["volumes"] == gigabytes + 2
    assert trove.show(instance_id).volume["size"] == 3
    assert (record.fault, constant_rows_of(trove, instance_id)) == (None, before)


def test_the_volumes_of_replicas_are_extended_with_that_of_their_source(
    trove: Deployment, pair: tuple[str, str]
) -> None:
    """Source: ``Instance.resize_volume`` of Trove's API sends a request for each of them."""
    gigabytes = trove.quota_in_use()["volumes"]
    trove.grow(pair[0], 2)
    assert [record.volume_size for record in trove.until_settled(*pair)] == [2, 2]
    assert [trove.volumes_of(each)["datastore"]["size"] for each in pair] == [2, 2]
    assert trove.quota_in_use()["volumes"] == gigabytes + 2


def test_an_access_update_changes_only_the_fields_it_names(trove: Deployment, public: str) -> None:
    """Stock Trove takes missing fields as "not public" and "no CIDRs"."""
    (address,) = (row["floating_ip_address"] for row in trove.rows_of(public)["floating_ips"])
    trove.client.instances.update(public, allowed_cidrs=["198.51.100.0/24", "203.0.113.7/32"])
    (record,) = trove.until_settled(public)
    assert record.access == {"is_public": True, "allowed_cidrs": ["198.51.100.0/24", "203.0.113.7/32"]}
    assert trove.let_in(public) == {("tcp", 3306, 3306, "198.51.100.0/24"), ("tcp", 3306, 3306, "203.0.113.7/32")}
    assert [row["floating_ip_address"] for row in trove.rows_of(public)["floating_ips"]] == [address]
    trove.client.instances.update(public, is_public=False)
    (record,) = trove.until_settled(public)
    assert record.access == {"is_public": False, "allowed_cidrs": ["198.51.100.0/24", "203.0.113.7/32"]}
    assert trove.rows_of(public)["floating_ips"] == []
    trove.client.instances.update(public, is_public=True, allowed_cidrs=ALLOWED)
    (record,) = trove.until_settled(public)
    assert (record.access, record.fault) == ({"is_public": True, "allowed_cidrs": ALLOWED}, None)
    assert trove.let_in(public) == {("tcp", 3306, 3306, ALLOWED[0])}
    (floating,) = trove.rows_of(public)["floating_ips"]
    assert floating["project_id"] == trove.rows_of(public)["servers"][0]["metadata"]["trove_project_id"]


def test_a_reboot_stops_the_database_and_starts_it_again(trove: Deployment, ids: Sequence[str]) -> None:
    instance_id = ids[2]
    before, calls = trove.rows_of(instance_id), len(trove.guest_calls(instance_id))
    trove.reboot(instance_id)
    (record,) = trove.until_settled(instance_id)
    assert [each["call"] for each in trove.guest_calls(instance_id)[calls:]] == ["stop_db", "restart"]
    assert "server.rebooted" in trove.happened_to(record.server_id)
    assert (record.fault, trove.rows_of(instance_id)) == (None, before)


@pytest.mark.parametrize("kind", ["call_fails", "call_hangs"])
def test_the_server_is_rebooted_even_if_the_database_does_not_stop(
    trove: Deployment, ids: Sequence[str], kind: str
) -> None:
    instance_id = ids[2]
    trove.misbehave(kind, instance_id, call="stop_db")
    trove.reboot(instance_id)
    (record,) = trove.until_settled(instance_id)
    assert trove.happened_to(record.server_id).count("server.rebooted") >= 2
    assert record.fault is None


def test_a_migration_changes_only_the_host(trove: Deployment, ids: Sequence[str]) -> None:
    instance_id = ids[3]
    before, first, calls = (
        constant_rows_of(trove, instance_id),
        host_of(trove, instance_id),
        len(trove.guest_calls(instance_id)),
    )
    trove.migrate(instance_id)
    (record,) = trove.until_settled(instance_id)
    second = host_of(trove, instance_id)
    assert second != first
    trove.migrate(instance_id, first)
    trove.until_settled(instance_id)
    assert host_of(trove, instance_id) == first
    assert trove.server_of(instance_id)["status"] == "ACTIVE"
    called = [each["call"] for each in trove.guest_calls(instance_id)[calls:]]
    assert called == ["stop_db", "restart"] * 2
    assert (record.fault, constant_rows_of(trove, instance_id)) == (None, before)


def test_a_rebuilt_server_gets_the_user_data_of_its_create(trove: Deployment, ids: Sequence[str]) -> None:
    """Stock Trove renders it without the user port, so an isolated database has no network after a rebuild."""
    instance_id = ids[4]
    files, before, calls = (
        trove.files_of(instance_id),
        constant_rows_of(trove, instance_id),
        len(trove.guest_calls(instance_id)),
    )
    assert "/etc/trove/eth1.json" in files
    trove.rebuild(instance_id)
    (record,) = trove.until_settled(instance_id)
    assert trove.files_of(instance_id) == files
    called = trove.guest_calls(instance_id)[calls:]
    assert [each["call"] for each in called] == ["stop_db", "unmount_volume", "rebuild"]
    assert "[mysqld]" in called[-1]["config_contents"]
    assert "server.rebuilt" in trove.happened_to(record.server_id)
    assert (record.fault, constant_rows_of(trove, instance_id)) == (None, before)


def test_a_rebuild_keeps_the_configuration_group(trove: Deployment, ids: Sequence[str]) -> None:
    instance_id = ids[4]
    values = '{"connect_timeout": 77}'
    group = trove.client.configurations.create("group", values, datastore="mysql", datastore_version="8.4")
    trove.client.instances.modify(instance_id, group.id)
    trove.until_settled(instance_id)
    trove.rebuild(instance_id)
    trove.until_settled(instance_id)
    assert trove.guest_calls(instance_id)[-1]["config_overrides"] == {"connect_timeout": 77}


def test_a_rebuilt_source_is_a_source_again_and_its_replicas_restart(trove: Deployment, pair: tuple[str, str]) -> None:
    source, replica = pair
    calls = [len(trove.guest_calls(each)) for each in pair]
    trove.rebuild(source)
    (record, _) = trove.until_settled(*pair)
    of_source, of_replica = (
        [each["call"] for each in trove.guest_calls(each_id)[count:]]
        for each_id, count in zip(pair, calls, strict=True)
    )
    assert of_source == ["stop_db", "unmount_volume", "rebuild", "enable_as_master"]
    assert of_replica == ["restart"]
    assert record.fault is None
    assert trove.replicas_of(source) == [replica]


def test_a_rebuilt_replica_is_attached_to_its_source_again(trove: Deployment, pair: tuple[str, str]) -> None:
    source, replica = pair
    calls = len(trove.guest_calls(replica))
    trove.rebuild(replica)
    (record,) = trove.until_settled(replica)
    called = [each["call"] for each in trove.guest_calls(replica)[calls:]]
    assert called == ["stop_db", "unmount_volume", "rebuild", "detach_replica", "attach_replica"]
    assert record.fault is None
    assert trove.replicas_of(source) == [replica]


def test_a_replica_that_fails_to_restart_after_its_sources_rebuild_gets_the_fault(
    trove: Deployment, pair: tuple[str, str]
) -> None:
    source, replica = pair
    trove.misbehave("call_fails", replica, call="restart", times=1)
    trove.rebuild(source)
    (record,) = trove.until_settled(source)
    assert record.fault is None
    assert "did not restart to replicate" in (trove.record(replica).fault or "")
