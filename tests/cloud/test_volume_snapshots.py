"""Cinder's snapshots. Source: exchanges with Cinder 29.0.0."""

from collections.abc import Iterator

import pytest

from cloud.conftest import Clouds, Mini
from cloud.volume_kit import UNKNOWN, Disks, message


@pytest.fixture
def disks(clouds: Clouds) -> Iterator[Disks]:
    made = Disks(clouds)
    yield made
    made.clear()


def test_a_snapshot_is_creating_and_then_available(disks: Disks) -> None:
    volume = disks.volume(size=2)
    snapshot = disks.snapshot(volume.id, description="d", metadata={"a": "b"})
    assert (snapshot.size, snapshot.volume_id, snapshot.description) == (2, volume.id, "d")
    assert (snapshot.metadata, snapshot.progress) == ({"a": "b"}, "100%")


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"volume_id": UNKNOWN}, 404, f"Volume {UNKNOWN} could not be found."),
        ({}, 400, "Invalid input for field/attribute snapshot. Value: {}. 'volume_id' is a required property"),
    ],
)
def test_an_invalid_snapshot_is_rejected(disks: Disks, asked: dict[str, str], status: int, said: str) -> None:
    answer = disks.post("/snapshots", {"snapshot": asked})
    assert (answer.status_code, message(answer)) == (status, said)


def test_a_volume_with_snapshots_is_deleted_only_with_them(disks: Disks) -> None:
    volume = disks.volume()
    disks.snapshot(volume.id)
    refused = disks.api.delete(f"/volumes/{volume.id}")
    assert refused.status_code == 400
    assert "must not be migrating, attached, belong to a group, have snapshots," in message(refused)
    assert disks.api.delete(f"/volumes/{volume.id}?cascade=true").status_code == 202
    disks.gone(volume.id)


def test_a_volume_is_created_from_a_snapshot_and_outlives_it(disks: Disks) -> None:
    volume = disks.volume(size=2)
    snapshot = disks.snapshot(volume.id)
    smaller = disks.post("/volumes", {"volume": {"size": 1, "snapshot_id": snapshot.id}})
    restored = disks.volume(size=None, snapshot_id=snapshot.id)
    disks.api.delete_snapshot(snapshot.id)
    disks.clouds.until(lambda: disks.api.get(f"/snapshots/{snapshot.id}").status_code, lambda seen: seen == 404)
    assert "Volume size '1'GB cannot be smaller than the snapshot size 2GB." in message(smaller)
    assert (restored.size, restored.snapshot_id) == (2, snapshot.id)
    assert disks.api.get_volume(restored.id).status == "available"


def test_snapshots_are_listed_by_volume_and_status(disks: Disks) -> None:
    first, second = disks.volume(), disks.volume()
    snapshot = disks.snapshot(first.id)
    disks.snapshot(second.id)
    for path in ("/snapshots", "/snapshots/detail"):
        rows = disks.api.get(f"{path}?volume_id={first.id}").json()["snapshots"]
        assert [row["id"] for row in rows] == [snapshot.id]
        assert disks.api.get(f"{path}?status=error&volume_id={first.id}").json()["snapshots"] == []


def test_a_snapshot_can_be_renamed_and_has_metadata(disks: Disks) -> None:
    path = f"/snapshots/{disks.snapshot(disks.volume().id).id}"
    assert disks.api.put(path, json={"snapshot": {"name": "n"}}).json()["snapshot"]["name"] == "n"
    assert disks.post(f"{path}/metadata", {"metadata": {"c": "d"}}).json() == {"metadata": {"c": "d"}}
    assert disks.api.get(f"{path}/metadata").json() == {"metadata": {"c": "d"}}


def test_another_projects_snapshot_is_not_found(disks: Disks) -> None:
    snapshot = disks.snapshot(disks.volume().id)
    answer = disks.clouds.alt.block_storage.get(f"/snapshots/{snapshot.id}")
    assert (answer.status_code, message(answer)) == (404, f"Snapshot {snapshot.id} could not be found.")


@pytest.mark.mini_only("needs durations and faults")
def test_a_snapshot_has_a_duration_and_may_fail(disks: Disks, mini: Mini) -> None:
    mini.control("POST", "durations", {"snapshot.create": 5, "snapshot.delete": 5})
    volume = disks.volume()
    snapshot = disks.api.create_snapshot(volume_id=volume.id)
    assert disks.api.get_snapshot(snapshot.id).status == "creating"
    mini.advance(5)
    assert disks.api.get_snapshot(snapshot.id).status == "available"
    disks.api.delete_snapshot(snapshot.id)
    again = disks.api.delete(f"/snapshots/{snapshot.id}")
    assert message(again).startswith("Invalid snapshot: Snapshot status must be available or error")
    mini.advance(5)
    mini.control("POST", "faults", {"service": "volume", "method": "POST", "path": "/snapshots", "kind": "error_later"})
    broken = disks.api.create_snapshot(volume_id=volume.id)
    mini.advance(5)
    assert disks.api.get_snapshot(broken.id).status == "error"
    disks.api.delete_snapshot(broken.id)
    mini.advance(5)
