"""Deletes that arrive while another task runs for the instance, or after one has failed."""

import sqlite3
from contextlib import closing

import pytest
from deployment import Calls, Deployment
from troveclient.apiclient.exceptions import NotFound, UnprocessableEntity

ROUNDS, AT_ONCE = 5, 10


def test_a_delete_at_any_step_of_a_create_waits_for_its_undo_and_leaves_nothing(
    trove: Deployment, calls: Calls
) -> None:
    """Each call hangs for one instance. All instances are deleted meanwhile; then the calls continue."""
    for call in calls.create:
        trove.fail(call, "hang")
    ids = [trove.create(f"step-{number}", access={"is_public": True}) for number in range(len(calls.create))]
    trove.until_met()
    for instance_id in ids:
        trove.force_delete(instance_id)
    assert not all(trove.record(instance_id).deleted for instance_id in ids)
    trove.calm()
    trove.until_gone_without_a_trace(*ids)


def test_a_running_create_rejects_a_delete_that_is_not_forced(trove: Deployment) -> None:
    """Trove's API does not delete an instance that is being built, whichever manager builds it."""
    trove.fail(("volume", "POST", "/volumes"), "hang")
    instance_id = trove.create("building")
    trove.until_met()
    with pytest.raises(UnprocessableEntity, match="is not ready"):
        trove.client.instances.delete(instance_id)
    trove.calm()
    trove.until_settled(instance_id)
    trove.delete(instance_id)


@pytest.mark.parametrize("which", range(ROUNDS))
def test_creates_and_deletes_race(trove: Deployment, which: int) -> None:
    """The creates have different head starts: some are deleted before they begin, some when they are complete."""
    ids: list[str] = []
    for number in range(AT_ONCE):
        ids.append(trove.create(f"race-{which}-{number}"))
        if number % 2:
            trove.force_delete(ids[number])
        if number >= 4 and not (number - 4) % 2:
            trove.force_delete(ids[number - 4])
    for number in (6, 8):
        trove.force_delete(ids[number])
    trove.until_gone_without_a_trace(*ids)


def test_a_write_that_hits_a_lock_is_retried(trove: Deployment) -> None:
    """Another writer locks the database for longer than a write waits, as a deadlock or another Galera node would."""
    trove.fail(("compute", "POST", "/servers"), "hang")
    instance_id = trove.create("lost-write")
    trove.until_met()
    lost = "a write of Trove found the database locked"
    before = sum(lost in line for line in trove.log())
    with closing(sqlite3.connect(trove.lab.directory / "trove.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        trove.calm()
        trove.until_so(lambda: sum(lost in line for line in trove.log()) > before)
    (record,) = trove.until_settled(instance_id)
    assert record.fault is None
    trove.delete(instance_id)


def test_the_second_of_two_deletes_has_nothing_to_do(trove: Deployment) -> None:
    instance_id = trove.create("twice")
    trove.until_settled(instance_id)
    server_id = trove.record(instance_id).server_id
    before = trove.order
    trove.fail(("compute", "DELETE", "/servers/*"), "delay", seconds=0.5)
    trove.client.instances.delete(instance_id)
    trove.client.instances.delete(instance_id)
    trove.until_gone_without_a_trace(instance_id)
    deletes = [each for each in trove.plug_in_requests(before) if each["path"] == f"/servers/{server_id}"]
    assert [each["method"] for each in deletes].count("DELETE") == 1
    with pytest.raises(NotFound):
        trove.client.instances.delete(instance_id)


def test_trove_releases_quota_for_every_delete_it_sends(trove: Deployment) -> None:
    """Source: ``run_with_quotas`` in ``BaseInstance.delete``. The API does not know how the delete ends."""
    before = trove.quota_in_use()
    ids = [trove.create(f"quota-{number}", volume={"size": 2}) for number in range(4)]
    trove.until_settled(*ids)
    used = trove.quota_in_use()
    assert (used["instances"], used["volumes"]) == (before["instances"] + 4, before["volumes"] + 8)
    trove.fail(("network", "GET", "/security-groups"), "status", status=403, times=None)
    for _ in range(3):
        trove.fail_to_delete(ids[0])
    trove.calm()
    trove.delete(ids[0])
    # One instance is deleted, and the quota of four is released.
    assert trove.quota_in_use() == before
    trove.delete(*ids[1:])
