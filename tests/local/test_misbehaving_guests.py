"""What unmodified Trove does with guests that misbehave."""

from collections.abc import Callable

import pytest

from local.conftest import Trove


@pytest.fixture(scope="module")
def silent(trove_of_session: Trove) -> str:
    """An instance whose guest never reports. It is created first, because Trove takes long to time out."""
    trove_of_session.lab.control.post("guests", {"kind": "never_reports", "instance": "silent"})
    return trove_of_session.create("silent")


def test_a_failed_prepare_is_an_error_with_the_message_of_the_guest(silent: str, trove: Trove) -> None:
    """Source: ``BaseDbStatus.end_install`` reports the failure, ``EndNotification`` writes the fault."""
    del silent
    trove.misbehave("prepare_fails", "unprepared")
    failed = trove.until(trove.create("unprepared"), lambda seen: seen.status == "ERROR")
    assert failed.fault["message"]


def test_a_resize_is_reverted_when_the_database_does_not_start_on_the_new_flavor(
    trove: Trove, healthy: Callable[[], str]
) -> None:
    """Source: ``ResizeActionBase._perform_nova_action``: revert, and restart the guest."""
    instance_id = healthy()
    before = trove.show(instance_id).flavor["id"]
    trove.misbehave("does_not_start", instance_id, flavor="m1.medium")
    trove.client.instances.resize_instance(instance_id, trove.flavor("m1.medium"))
    trove.until(instance_id, lambda seen: seen.status == "RESIZE")
    after = trove.until_healthy(instance_id)
    assert after.flavor["id"] == before
    assert [server["status"] for server in trove.rows_of(instance_id)["servers"]] == ["ACTIVE"]


def test_a_stop_that_hangs_leaves_the_instance_in_resize(trove: Trove, healthy: Callable[[], str]) -> None:
    """Source: ``ResizeActionBase.execute``: the stop is outside the block that resets the task."""
    instance_id = healthy()
    trove.misbehave("stop_hangs", instance_id)
    trove.client.instances.resize_instance(instance_id, trove.flavor("m1.medium"))
    stuck = trove.until(instance_id, lambda seen: getattr(seen, "fault", None) is not None)
    assert stuck.status == "RESIZE"


def test_a_guest_that_never_reports_ends_in_an_error_after_the_usage_timeout(silent: str, trove: Trove) -> None:
    """Source: ``FreshInstanceTasks.wait_for_instance``."""
    failed = trove.until(silent, lambda seen: seen.status == "ERROR")
    assert "Polling request timed out" in failed.fault["message"]
    assert [server["status"] for server in trove.rows_of(silent)["servers"]] == ["ACTIVE"]
