"""Operations during which the guest misbehaves, in each way, at each of its steps.

The used quota is only compared where one instance changes at a time: Trove's API loses one of two concurrent updates
of it.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from deployment import Deployment

pytestmark = pytest.mark.timeout(240)

SMALL = "innodb_buffer_pool_size = 600M"
"""The setting for m1.small, which has 2 GiB, in Trove's template for MySQL."""

RESIZES = {
    "stop fails": ("call_fails", {"call": "stop_db"}, "Failed to stop the database: An error occurred"),
    "stop hangs": ("call_hangs", {"call": "stop_db"}, "Failed to stop the database: Timeout trying to connect"),
    "silent": ("never_reports", {"flavor": "m1.medium"}, "Failed to wait for the guest: timed out after 6 s"),
    "start fails": ("does_not_start", {"flavor": "m1.medium"}, "Failed to start the database: An error occurred"),
    "start hangs": ("call_hangs", {"flavor": "m1.medium"}, "Failed to start the database: Timeout trying to connect"),
    "ill": ("starts_ill", {"flavor": "m1.medium"}, "Failed to wait for the database: the guest of instance"),
}
"""How a guest misbehaves while its server is resized, and what the fault contains."""

GROWTHS = {
    "stop fails": ("call_fails", {"call": "stop_db"}, "Failed to stop the database: An error occurred"),
    "stop hangs": ("call_hangs", {"call": "stop_db", "times": 1}, "Failed to stop the database: Timeout"),
    "unmount fails": ("call_fails", {"call": "unmount_volume"}, "Failed to unmount the volume: An error occurred"),
    "unmount hangs": ("call_hangs", {"call": "unmount_volume", "times": 1}, "Failed to unmount the volume: Timeout"),
}
"""How a guest misbehaves before its volume is extended, and what the fault contains."""

GROWN = {
    "grow fails": ("call_fails", {"call": "resize_fs"}, "Failed to grow the file system: An error occurred"),
    "mount fails": ("call_fails", {"call": "mount_volume", "times": 1}, "Failed to mount the volume and start the"),
    "start fails": ("call_fails", {"call": "restart", "times": 1}, "Failed to mount the volume and start the"),
}
"""How a guest misbehaves after its volume was extended, and what the fault contains."""


class Many:
    """Instances of one lab, one per kind of misbehavior. All requests are sent at once."""

    def __init__(self, trove: Deployment, name: str, ways: dict[str, tuple[str, dict[str, Any], str]]) -> None:
        self.trove, self.ways = trove, ways
        self.ids = {way: trove.create(f"{name}-{way.replace(' ', '-')}") for way in ways}

    def misbehave(self) -> None:
        """Make each guest misbehave in its own way."""
        for way, (kind, rule, _) in self.ways.items():
            self.trove.misbehave(kind, self.ids[way], **rule)


@pytest.fixture(scope="module")
def many(native: Deployment) -> Iterator[dict[str, Many]]:
    """The instances of all tests, created at the same time."""
    made = {
        name: Many(native, name, ways) for name, ways in (("resized", RESIZES), ("to-grow", GROWTHS), ("grown", GROWN))
    }
    for each in made.values():
        native.until_settled(*each.ids.values())
    yield made
    native.calm()
    native.delete(*(instance_id for each in made.values() for instance_id in each.ids.values()))


def test_a_resize_whose_guest_misbehaves_leaves_the_old_flavor_and_a_running_database(
    trove: Deployment, many: dict[str, Many]
) -> None:
    each = many["resized"]
    each.misbehave()
    for instance_id in each.ids.values():
        trove.resize(instance_id, "m1.medium")
    for way, (_, rule, says) in RESIZES.items():
        instance_id = each.ids[way]
        record = trove.until_faulted(instance_id, says, seconds=60)
        assert record.fault.startswith("Resize flavor failed. "), way
        assert (record.flavor_id, record.task) == (trove.small, "NONE"), way
        server = trove.server_of(instance_id)
        assert (server["flavor"]["original_name"], server["status"]) == ("m1.small", "ACTIVE"), way
        if "flavor" in rule:
            assert "not undone" not in trove.details_of_fault(instance_id), way
            trove.until_record(instance_id, lambda seen: seen.guest == "healthy")
            assert SMALL in trove.guest_calls(instance_id)[-1]["config_contents"], way
    trove.calm()
    # Each operation can be requested again.
    ids = list(each.ids.values())
    trove.until_settled(*ids)
    for instance_id in ids:
        trove.resize(instance_id, "m1.medium")
    assert {record.flavor_id for record in trove.until_settled(*ids)} == {trove.flavor("m1.medium")}


def test_a_guest_that_misbehaves_before_an_extension_leaves_the_old_size_and_a_running_database(
    trove: Deployment, many: dict[str, Many]
) -> None:
    each = many["to-grow"]
    each.misbehave()
    for instance_id in each.ids.values():
        trove.grow(instance_id, 2)
    for way, (_, _, says) in GROWTHS.items():
        record = trove.until_faulted(each.ids[way], says)
        assert record.fault.startswith("Resize volume failed. "), way
        assert (record.volume_size, record.task) == (1, "NONE"), way
        assert trove.volumes_of(each.ids[way])["datastore"]["status"] == "in-use", way
    ids = list(each.ids.values())
    trove.until_settled(*ids)
    trove.calm()
    for instance_id in ids:
        trove.grow(instance_id, 2)
    assert {record.volume_size for record in trove.until_settled(*ids)} == {2}


def test_a_guest_that_misbehaves_after_an_extension_leaves_the_new_size_and_its_quota(
    trove: Deployment, many: dict[str, Many]
) -> None:
    each = many["grown"]
    each.misbehave()
    for instance_id in each.ids.values():
        trove.grow(instance_id, 2)
    for way, (_, _, says) in GROWN.items():
        record = trove.until_faulted(each.ids[way], says)
        assert (record.volume_size, record.task) == (2, "NONE"), way
        assert trove.volumes_of(each.ids[way])["datastore"]["status"] == "in-use", way
    trove.until_settled(*each.ids.values())


def test_a_migration_whose_guest_misbehaves_is_undone(trove: Deployment, many: dict[str, Many]) -> None:
    instance_id = many["resized"].ids["stop fails"]
    host = trove.server_of(instance_id)["OS-EXT-SRV-ATTR:host"]
    trove.misbehave("does_not_start", instance_id, times=1)
    trove.migrate(instance_id)
    record = trove.until_faulted(instance_id, "Migrate failed. Failed to start the database")
    assert record.task == "NONE"
    assert trove.server_of(instance_id)["OS-EXT-SRV-ATTR:host"] == host
    trove.until_settled(instance_id)


def test_a_reboot_after_which_the_guest_is_silent_is_reported_as_failed(
    trove: Deployment, many: dict[str, Many]
) -> None:
    """Stock Trove reports no failure."""
    instance_id = many["resized"].ids["stop fails"]
    calls = len(trove.guest_calls(instance_id))
    trove.misbehave("never_reports", instance_id)
    trove.reboot(instance_id)
    record = trove.until_faulted(instance_id, "Reboot failed. Failed to start the database: Timeout")
    assert record.task == "NONE"
    trove.calm()
    trove.reboot(instance_id)
    trove.until_settled(instance_id)
    # Calls that the guest received while it was silent, and whose callers have given up, must not run now.
    assert [each["call"] for each in trove.guest_calls(instance_id)[calls:]] == ["stop_db", "restart"]


@pytest.mark.parametrize(
    ("kind", "rule", "says"),
    [
        ("prepare_fails", {}, "Failed to wait for the database: the guest of instance"),
        ("never_reports", {}, "Failed to set up the database again: timed out after 6 s waiting for the guest"),
        ("starts_ill", {}, "Failed to wait for the database: the guest of instance"),
    ],
)
def test_a_rebuild_whose_guest_misbehaves_is_in_error_and_can_be_repeated(
    trove: Deployment, many: dict[str, Many], kind: str, rule: dict[str, Any], says: str
) -> None:
    """There is no way back: the old root disk is lost."""
    instance_id = many["to-grow"].ids["stop fails"]
    trove.misbehave(kind, instance_id, **rule)
    trove.rebuild(instance_id)
    record = trove.until_failed(instance_id, says)
    assert record.fault.startswith("Rebuild failed. ")
    assert record.task_text == "Build error: Server."
    assert "its old root disk is lost; rebuild it again" in trove.details_of_fault(instance_id)
    assert trove.show(instance_id).status == "ERROR"
    trove.calm()
    trove.rebuild(instance_id)
    trove.until_settled(instance_id)


def test_a_failed_resize_to_a_smaller_flavor_takes_its_ram_back_even_if_the_quota_is_exceeded(
    trove: Deployment, many: dict[str, Many]
) -> None:
    """Trove's API releases the difference at once, so somebody else may have used it in the meantime."""
    instance_id, before = many["resized"].ids["ill"], trove.quota_not_in_rows()
    assert trove.record(instance_id).flavor_id == trove.flavor("m1.medium")
    tenant = trove.rows_of(instance_id)["servers"][0]["metadata"]["trove_project_id"]
    trove.misbehave("does_not_start", instance_id, flavor="m1.small")
    trove.operator.quota.update(tenant, {"ram": trove.quota_in_use()["ram"] - 1024})
    trove.resize(instance_id, "m1.small")
    record = trove.until_faulted(instance_id, "Failed to start the database")
    trove.operator.quota.update(tenant, {"ram": -1})
    assert (record.flavor_id, record.task) == (trove.flavor("m1.medium"), "NONE")
    assert trove.quota_not_in_rows() == before
    trove.until_settled(instance_id)
