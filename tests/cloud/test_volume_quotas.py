"""Cinder's quotas and limits. Source: exchanges with Cinder 29.0.0."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud.conftest import Clouds
from cloud.volume_kit import Disks, message


@pytest.fixture
def disks(clouds: Clouds) -> Iterator[Disks]:
    made = Disks(clouds)
    yield made
    made.clear()


@pytest.fixture
def limit(clouds: Clouds) -> Iterator[Any]:
    """Sets quotas of ``demo``. They are reset to the defaults at the end of the test."""
    path = f"/os-quota-sets/{clouds.demo.current_project_id}"
    api = clouds.admin.block_storage
    yield lambda **limits: api.put(path, json={"quota_set": limits})
    api.delete(path)


def _used(disks: Disks, name: str) -> int:
    path = f"/os-quota-sets/{disks.clouds.demo.current_project_id}?usage=true"
    return int(disks.api.get(path).json()["quota_set"][name]["in_use"])


def test_volumes_gigabytes_and_snapshots_are_counted_by_type_too(disks: Disks, limit: Any) -> None:
    limit(volumes=-1, gigabytes=-1, snapshots=-1)
    before = {name: _used(disks, name) for name in ("volumes", "gigabytes", "snapshots", "gigabytes___DEFAULT__")}
    disks.snapshot(disks.volume(size=2).id)
    after = {name: _used(disks, name) for name in before}
    assert {name: after[name] - before[name] for name in before} == {
        "volumes": 1,
        "gigabytes": 4,
        "snapshots": 1,
        "gigabytes___DEFAULT__": 4,
    }


def test_no_more_volumes_than_the_quota(disks: Disks, limit: Any) -> None:
    count = _used(disks, "volumes")
    limit(volumes=count)
    refused = disks.post("/volumes", {"volume": {"size": 1}})
    said = f"VolumeLimitExceeded: Maximum number of volumes allowed ({count}) exceeded for quota 'volumes'."
    assert refused.status_code == 413
    assert refused.json() == {"overLimit": {"code": 413, "message": said, "retryAfter": "0"}}


def test_the_quota_of_gigabytes_also_limits_extending(disks: Disks, limit: Any) -> None:
    limit(volumes=-1, gigabytes=-1)
    volume = disks.volume(size=1)
    used = _used(disks, "gigabytes")
    limit(gigabytes=used)
    said = "VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested"
    new, grown = disks.post("/volumes", {"volume": {"size": 3}}), disks.act(volume.id, "os-extend", new_size=6)
    assert (new.status_code, message(new)) == (413, f"{said} 3G, quota is {used}G and {used}G has been consumed.")
    assert (grown.status_code, message(grown)) == (413, f"{said} 5G, quota is {used}G and {used}G has been consumed.")


def test_no_larger_volume_than_the_quota(disks: Disks, limit: Any) -> None:
    limit(volumes=-1, gigabytes=-1, per_volume_gigabytes=2)
    volume = disks.volume(size=1)
    said = "VolumeSizeExceedsLimit: Requested volume size 9G is larger than maximum allowed limit 2G."
    for answer in (disks.post("/volumes", {"volume": {"size": 9}}), disks.act(volume.id, "os-extend", new_size=9)):
        assert (answer.status_code, message(answer)) == (413, said)


def test_no_more_snapshots_than_the_quota(disks: Disks, limit: Any) -> None:
    limit(volumes=-1, gigabytes=-1, snapshots=0)
    refused = disks.post("/snapshots", {"snapshot": {"volume_id": disks.volume().id}})
    said = "SnapshotLimitExceeded: Maximum number of snapshots allowed (0) exceeded"
    assert (refused.status_code, message(refused)) == (413, said)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"nope": 1}, "Invalid input received: Bad key(s) in quota set: nope"),
        ({"volumes": "x"}, "volumes must be an integer"),
    ],
)
def test_an_invalid_quota_is_rejected(limit: Any, limits: dict[str, Any], said: str) -> None:
    answer = limit(**limits)
    assert (answer.status_code, message(answer)) == (400, said)


def test_only_administrators_set_quotas_and_see_others(clouds: Clouds) -> None:
    demo, alt = clouds.demo.current_project_id, clouds.alt.current_project_id
    set_own = clouds.demo.block_storage.put(f"/os-quota-sets/{demo}", json={"quota_set": {"volumes": 1}})
    see_other = clouds.demo.block_storage.get(f"/os-quota-sets/{alt}")
    assert (set_own.status_code, see_other.status_code) == (403, 403)
    assert message(set_own) == "Policy doesn't allow volume_extension:quotas:update to be performed."


def test_limits_include_usage(disks: Disks, limit: Any) -> None:
    limit(volumes=77)
    absolute = disks.api.get("/limits").json()["limits"]["absolute"]
    assert (absolute["maxTotalVolumes"], absolute["totalVolumesUsed"]) == (77, _used(disks, "volumes"))


def test_services_pools_and_zones_are_listed(clouds: Clouds) -> None:
    admin = clouds.admin.block_storage
    assert {"cinder-volume", "cinder-scheduler"} <= {each.binary for each in admin.services()}
    assert admin.get("/scheduler-stats/get_pools").json()["pools"]
    zones = clouds.demo.block_storage.get("/os-availability-zone").json()["availabilityZoneInfo"]
    assert zones == [{"zoneName": "nova", "zoneState": {"available": True}}]
    assert clouds.demo.block_storage.get("/os-services").status_code == 403
