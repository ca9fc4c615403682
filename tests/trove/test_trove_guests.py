"""Guests that misbehave while their instance is created or deleted."""

import time

import pytest
from deployment import Deployment


@pytest.fixture(scope="module")
def silent(native: Deployment) -> str:
    """An instance whose guest never reports. It is created first, because its failure takes time."""
    native.misbehave("never_reports", "silent")
    return native.create("silent")


def test_a_guest_that_fails_keeps_its_resources_and_its_own_fault(silent: str, trove: Deployment) -> None:
    """The fault is the guest's own. Ours would only say that the guest failed."""
    del silent
    trove.misbehave("prepare_fails", "unprepared")
    instance_id = trove.create("unprepared")
    record = trove.until_failed(instance_id, "configured by the control API")
    assert (record.task_text, record.guest) == ("Build error: guestagent timeout.", "guestagent error")
    assert trove.show(instance_id).status == "ERROR"
    assert (record.server_id, record.volume_id) == tuple(
        trove.rows_of(instance_id)[kind][0]["id"] for kind in ("servers", "volumes")
    )
    trove.delete(instance_id)


def test_a_guest_that_does_not_stop_its_database_does_not_block_a_delete(trove: Deployment) -> None:
    instance_id = trove.create("stubborn")
    trove.until_settled(instance_id)
    trove.misbehave("stop_hangs", instance_id)
    began = time.monotonic()
    trove.delete(instance_id)
    # ``agent_call_high_timeout`` is 3 s here. Whatever its value, the plug-in waits a minute at most.
    assert 3 <= time.monotonic() - began < 15


def test_a_guest_that_never_reports_ends_in_an_error_and_keeps_its_resources(silent: str, trove: Deployment) -> None:
    record = trove.until_failed(silent, "timed out after 8 s")
    assert record.task_text == "Build error: guestagent timeout."
    assert f"timed out after 8 s waiting for the guest of instance {silent}" in record.fault
    assert trove.show(silent).status == "ERROR"
    assert [server["status"] for server in trove.rows_of(silent)["servers"]] == ["ACTIVE"]
    trove.delete(silent)
