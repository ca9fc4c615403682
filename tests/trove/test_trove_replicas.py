"""Replicas, restores and server groups: what an instance takes over from another one."""

import pytest
from deployment import Deployment


@pytest.fixture(scope="module")
def source(native: Deployment) -> str:
    """An instance with its own server group."""
    instance_id = native.create("source", locality="affinity")
    native.until_settled(instance_id)
    return instance_id


def replicate(trove: Deployment, source: str, name: str, count: int = 1) -> list[str]:
    """Create replicas, and return their ids, sorted by name."""
    before = set(trove.replicas_of(source))
    of_source = dict.fromkeys(("flavor_id", "volume", "datastore", "datastore_version"))
    trove.send(name, **of_source, replica_of=source, replica_count=count)
    return [each for each in trove.replicas_of(source) if each not in before]


def test_replicas_join_the_group_of_their_source_and_the_backup_is_deleted(trove: Deployment, source: str) -> None:
    replicas = replicate(trove, source, "replica", 3)
    records = trove.until_settled(*replicas)
    assert [record.engine for record in records] == ["native"] * 3
    (group,) = [each for each in trove.admin.compute.server_groups(all_projects=True) if source in each.name]
    assert set(group.member_ids) == {record.server_id for record in (trove.record(source), *records)}
    assert group.policy == "affinity"
    trove.until_no_backup_of(source)
    trove.delete(*replicas)
    assert trove.of(source)["server_groups"] == 1


def test_only_the_replica_that_fails_is_undone_and_has_a_fault(trove: Deployment, source: str) -> None:
    trove.fail(("compute", "POST", "/servers"), "status", status=403, contains="partly-2", times=None)
    replicas = replicate(trove, source, "partly", 3)
    failed = trove.until_failed(replicas[1], "was not created")
    assert "Nova: POST /servers answered 403" in failed.fault
    assert trove.of(replicas[1]) == {}
    records = trove.until_settled(replicas[0], replicas[2])
    assert [record.fault for record in records] == [None, None]
    trove.until_no_backup_of(source)
    trove.calm()
    trove.delete(*replicas)


def test_all_replicas_fail_with_a_fault_when_the_snapshot_of_the_source_fails(trove: Deployment, source: str) -> None:
    """Stock Trove leaves all but the first in BUILD forever."""
    trove.fault(kind="status", status=403, service="object_store", method="PUT", times=None)
    replicas = replicate(trove, source, "none", 2)
    for instance_id in replicas:
        record = trove.until_failed(instance_id, "replication snapshot")
        assert record.task_text == "Build error: Replica."
    trove.calm()
    trove.delete(*replicas)


def test_a_group_is_deleted_with_its_last_member(trove: Deployment, source: str) -> None:
    (replica,) = replicate(trove, source, "heir")
    trove.until_settled(replica)
    trove.client.instances.update(replica, detach_replica_source=True)
    trove.until_no_replicas_of(source)
    trove.client.instances.delete(source)
    trove.until_record(source, lambda seen: seen.deleted)
    assert trove.of(source) == {"server_groups": 1}
    trove.delete(replica)
    trove.until_gone_without_a_trace(source)


def test_an_impossible_anti_affinity_is_undone_with_its_group(trove: Deployment) -> None:
    trove.fail(("compute", "POST", "/servers"), "error_later")
    instance_id = trove.create("apart", locality="anti-affinity")
    trove.until_failed(instance_id, "was not created")
    assert trove.of(instance_id) == {}
    trove.delete(instance_id)


def test_a_restore_starts_from_the_backup(trove: Deployment) -> None:
    first = trove.create("backed-up", databases=[{"name": "app"}])
    trove.until_settled(first)
    backup = trove.client.backups.create("full", first)
    trove.until_backed_up(backup.id)
    second = trove.create("restored", restorePoint={"backupRef": backup.id})
    trove.until_settled(second)
    assert trove.record(second).engine == "native"
    trove.client.backups.delete(backup.id)
    trove.delete(first, second)


def test_a_volume_is_restored_from_a_snapshot_backup_which_retains_the_old_volume(trove: Deployment) -> None:
    """Source: Cinder refuses to delete a volume with snapshots; ``storage_driver = cinder`` makes backups of them."""
    first = trove.create("snapshotted", volume={"size": 2})
    trove.until_settled(first)
    backup = trove.client.backups.create("snapshot", first, storage_driver="cinder")
    trove.until_backed_up(backup.id)
    second = trove.create("from-snapshot", volume={"size": 2}, restorePoint={"backupRef": backup.id})
    trove.until_settled(second)
    (snapshot,) = trove.rows_of(first)["snapshots"]
    assert trove.volumes_of(second)["datastore"]["snapshot_id"] == snapshot["id"]
    trove.client.instances.delete(first)
    trove.until_record(first, lambda seen: seen.deleted)
    assert {kind for kind, rows in trove.rows_of(first).items() if rows} == {"volumes", "snapshots"}
    assert trove.volumes_of(first)["datastore"]["metadata"]["trove_resources_kept"] == snapshot["id"]
    trove.delete(second)
    trove.client.backups.delete(backup.id)
    # The old volume is deleted with its last snapshot.
    trove.until_so(lambda: not trove.of(first))


def test_a_retained_volume_is_deleted_with_its_last_backup_and_not_before(trove: Deployment) -> None:
    instance_id = trove.create("kept")
    trove.until_settled(instance_id)
    backups = []
    for name in ("first", "second"):
        backups.append(trove.client.backups.create(name, instance_id, storage_driver="cinder"))
        trove.until_backed_up(backups[-1].id)
    trove.client.instances.delete(instance_id)
    trove.until_record(instance_id, lambda seen: seen.deleted)
    trove.client.backups.delete(backups[0].id)
    trove.until_so(lambda: len(trove.rows_of(instance_id)["snapshots"]) == 1)
    (last,) = trove.rows_of(instance_id)["snapshots"]
    trove.until_so(lambda: trove.volumes_of(instance_id)["datastore"]["metadata"]["trove_resources_kept"] == last["id"])
    trove.client.backups.delete(backups[1].id)
    trove.until_so(lambda: not trove.of(instance_id))


def test_a_retained_volume_that_cannot_be_deleted_does_not_fail_the_delete_of_its_backup(trove: Deployment) -> None:
    instance_id = trove.create("stuck")
    trove.until_settled(instance_id)
    backup = trove.client.backups.create("stuck", instance_id, storage_driver="cinder")
    trove.until_backed_up(backup.id)
    trove.client.instances.delete(instance_id)
    trove.until_record(instance_id, lambda seen: seen.deleted)
    trove.fail(("volume", "DELETE", "/volumes/*"), "status", status=403, times=None)
    trove.client.backups.delete(backup.id)
    volume = trove.record(instance_id).volume_id
    says = (
        f"instance {instance_id} is deleted, and its volume {volume}, retained for the deleted backup {backup.id}, may"
    )
    trove.until_so(lambda: any(says in line and "answered 403" in line for line in trove.log()))
    assert trove.backup_state(backup.id) == "COMPLETED"
    assert trove.of(instance_id) == {"volumes": 1}
    trove.calm()
    trove.service.block_storage.delete_volume(volume)
