"""Guests told to misbehave, as unmodified Trove shows them."""

from collections.abc import Callable

import pytest

from local.conftest import Trove


@pytest.fixture(scope="module")
def silent(trove_of_session: Trove) -> str:
    """An instance whose guest never reports: begun first, for Trove takes its time to give up."""
    trove_of_session.lab.control.post("guests", {"kind": "never_reports", "instance": "silent"})
    return trove_of_session.create("silent")


def test_a_failed_prepare_is_an_error_with_the_guests_own_words(silent: str, trove: Trove) -> None:
    """Source: ``BaseDbStatus.end_install`` reports the failure, ``EndNotification`` writes the fault."""
    del silent
    trove.misbehave("prepare_fails", "unprepared")
    failed = trove.until(trove.create("unprepared"), lambda seen: seen.status == "ERROR")
    assert failed.fault["message"]


def test_a_database_that_does_not_start_on_the_new_flavor_gets_the_old_one_back(
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


def test_a_stop_that_hangs_leaves_a_resize_where_it_is(trove: Trove, healthy: Callable[[], str]) -> None:
    """Source: ``ResizeActionBase.execute``: the stop is outside of what resets the task."""
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
