"""Each operation on an instance that is there, going well."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from deployment import Deployment

MEDIUM = "innodb_buffer_pool_size = 1200M"
"""What Trove's template for MySQL has for m1.medium, of 4 GiB."""
ALLOWED = ["192.0.2.0/24"]


@pytest.fixture(scope="module")
def ids(native: Deployment) -> Iterator[Sequence[str]]:
    """Instances to be changed, made at once."""
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


def kept(trove: Deployment, instance_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return what the cloud holds for an instance, without what a move or a growth of it changes."""
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
    before, calls = kept(trove, instance_id), len(trove.guest_calls(instance_id))
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
    assert (record.fault, kept(trove, instance_id)) == (None, before)


def test_a_volume_grows_around_a_detach(trove: Deployment, ids: Sequence[str]) -> None:
    instance_id, gigabytes = ids[1], trove.quota_in_use()["volumes"]
    before, calls = kept(trove, instance_id), len(trove.guest_calls(instance_id))
    trove.grow(instance_id, 3)
    (record,) = trove.until_settled(instance_id)
    volume = trove.volumes_of(instance_id)["datastore"]
    assert (record.volume_size, volume["size"], volume["status"]) == (3, 3, "in-use")
    assert volume["attachments"][0]["server_id"] == record.server_id
    called = [each["call"] for each in trove.guest_calls(instance_id)[calls:]]
    assert called == ["stop_db", "unmount_volume", "resize_fs", "mount_volume", "restart"]
    assert trove.quota_in_use()["volumes"] == gigabytes + 2
    assert trove.show(instance_id).volume["size"] == 3
    assert (record.fault, kept(trove, instance_id)) == (None, before)


def test_the_volumes_of_replicas_grow_with_that_of_their_source(trove: Deployment, pair: tuple[str, str]) -> None:
    """Source: ``Instance.resize_volume`` of Trove's API asks for all of them."""
    gigabytes = trove.quota_in_use()["volumes"]
    trove.grow(pair[0], 2)
    assert [record.volume_size for record in trove.until_settled(*pair)] == [2, 2]
    assert [trove.volumes_of(each)["datastore"]["size"] for each in pair] == [2, 2]
    assert trove.quota_in_use()["volumes"] == gigabytes + 2


def test_access_changes_what_is_named_and_leaves_the_rest(trove: Deployment, public: str) -> None:
    """Stock Trove takes what is not named for no and nobody."""
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
def test_a_database_that_does_not_stop_is_rebooted_all_the_same(
    trove: Deployment, ids: Sequence[str], kind: str
) -> None:
    instance_id = ids[2]
    trove.misbehave(kind, instance_id, call="stop_db")
    trove.reboot(instance_id)
    (record,) = trove.until_settled(instance_id)
    assert trove.happened_to(record.server_id).count("server.rebooted") >= 2
    assert record.fault is None


def test_a_migration_keeps_everything_but_the_host(trove: Deployment, ids: Sequence[str]) -> None:
    instance_id = ids[3]
    before, first, calls = kept(trove, instance_id), host_of(trove, instance_id), len(trove.guest_calls(instance_id))
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
    assert (record.fault, kept(trove, instance_id)) == (None, before)


def test_a_rebuilt_server_gets_the_user_data_of_its_create(trove: Deployment, ids: Sequence[str]) -> None:
    """Stock Trove renders it without the user port: an isolated database has no network afterwards."""
    instance_id = ids[4]
    files, before, calls = trove.files_of(instance_id), kept(trove, instance_id), len(trove.guest_calls(instance_id))
    assert "/etc/trove/eth1.json" in files
    trove.rebuild(instance_id)
    (record,) = trove.until_settled(instance_id)
    assert trove.files_of(instance_id) == files
    called = trove.guest_calls(instance_id)[calls:]
    assert [each["call"] for each in called] == ["stop_db", "unmount_volume", "rebuild"]
    assert "[mysqld]" in called[-1]["config_contents"]
    assert "server.rebuilt" in trove.happened_to(record.server_id)
    assert (record.fault, kept(trove, instance_id)) == (None, before)


def test_a_rebuild_brings_the_configuration_group_along(trove: Deployment, ids: Sequence[str]) -> None:
    instance_id = ids[4]
    values = '{"connect_timeout": 77}'
    group = trove.client.configurations.create("group", values, datastore="mysql", datastore_version="8.4")
    trove.client.instances.modify(instance_id, group.id)
    trove.until_settled(instance_id)
    trove.rebuild(instance_id)
    trove.until_settled(instance_id)
    assert trove.guest_calls(instance_id)[-1]["config_overrides"] == {"connect_timeout": 77}


def test_a_rebuilt_source_is_one_again_and_its_replicas_follow(trove: Deployment, pair: tuple[str, str]) -> None:
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


def test_a_replica_that_does_not_restart_after_its_sources_rebuild_has_the_fault(
    trove: Deployment, pair: tuple[str, str]
) -> None:
    source, replica = pair
    trove.misbehave("call_fails", replica, call="restart", times=1)
    trove.rebuild(source)
    (record,) = trove.until_settled(source)
    assert record.fault is None
    assert "did not restart to replicate" in (trove.record(replica).fault or "")
