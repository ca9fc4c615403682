"""Deletes that come while something else runs for the instance, or has failed."""

import sqlite3
from contextlib import closing

import pytest
from deployment import Calls, Deployment
from troveclient.apiclient.exceptions import NotFound, UnprocessableEntity

ROUNDS, AT_ONCE = 5, 10


def test_a_delete_at_any_step_of_a_create_waits_for_its_undo_and_leaves_nothing(
    trove: Deployment, calls: Calls
) -> None:
    """Each call hangs for one instance. All are deleted meanwhile; then the cloud goes on."""
    for call in calls.create:
        trove.fail(call, "hang")
    ids = [trove.create(f"step-{number}", access={"is_public": True}) for number in range(len(calls.create))]
    trove.until_met()
    for instance_id in ids:
        trove.force_delete(instance_id)
    assert not all(trove.record(instance_id).deleted for instance_id in ids)
    trove.calm()
    trove.until_gone_without_a_trace(*ids)


def test_a_create_that_is_not_forced_to_end_takes_no_delete(trove: Deployment) -> None:
    """Trove's API refuses to delete what builds, whoever builds it."""
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
    """Each create has another head start: some are deleted before they began, some when they are done."""
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


def test_a_write_that_loses_against_another_is_done_again(trove: Deployment) -> None:
    """Another writer has the database longer than it lets one wait: as a deadlock, or another node of Galera."""
    trove.fail(("compute", "POST", "/servers"), "hang")
    instance_id = trove.create("lost-write")
    trove.until_met()
    lost = "a write of Trove's lost to another"
    before = sum(lost in line for line in trove.log())
    with closing(sqlite3.connect(trove.lab.directory / "trove.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        trove.calm()
        trove.until_so(lambda: sum(lost in line for line in trove.log()) > before)
    (record,) = trove.until_settled(instance_id)
    assert record.fault is None
    trove.delete(instance_id)


def test_two_deletes_delete_once_and_the_second_has_nothing_to_do(trove: Deployment) -> None:
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


def test_trove_gives_quota_back_for_every_delete_it_sends(trove: Deployment) -> None:
    """Source: ``run_with_quotas`` in ``BaseInstance.delete``: what comes of the delete is not known there."""
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
    # One instance is gone, and four are given back.
    assert trove.quota_in_use() == before
    trove.delete(*ids[1:])
