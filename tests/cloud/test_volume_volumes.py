"""Cinder's volumes. Source, unless a test names another: exchanges with Cinder 29.0.0."""

from collections.abc import Iterator
from typing import Any

import pytest
from cinderclient import client as cinder

from cloud.conftest import Clouds, Mini
from cloud.volume_kit import UNKNOWN, Disks, message


@pytest.fixture
def disks(clouds: Clouds) -> Iterator[Disks]:
    made = Disks(clouds)
    yield made
    made.clear()


def test_a_new_volume_is_creating_and_then_available(disks: Disks) -> None:
    answer = disks.post("/volumes", {"volume": {"size": 1, "name": "v", "description": "d", "metadata": {"k": "v"}}})
    created = answer.json()["volume"]
    seen = disks.wait(disks.keep(created["id"]))
    assert (answer.status_code, created["status"]) == (202, "creating")
    assert "os-vol-tenant-attr:tenant_id" not in created
    assert (seen.name, seen.description, seen.size, seen.metadata) == ("v", "d", 1, {"k": "v"})
    assert (seen.volume_type, seen.availability_zone, seen.is_bootable) == ("__DEFAULT__", "nova", False)
    assert seen.project_id == disks.clouds.demo.current_project_id


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({}, 400, "The server could not comply with the request since it is either malformed"),
        ({"size": 0}, 400, "Invalid input for field/attribute size. Value: 0. 0 is less than the minimum of 1"),
        ({"size": "big"}, 400, "Invalid input for field/attribute size. Value: big. 'big' does not match '^[0-9]+$'"),
        ({"size": 1, "volume_type": "nope"}, 404, "Volume type with name nope could not be found."),
        ({"size": 1, "availability_zone": "nope"}, 400, "Availability zone 'nope' is invalid."),
        ({"size": 1, "imageRef": UNKNOWN}, 400, "Invalid image identifier or unable to access requested image."),
        ({"size": 1, "snapshot_id": UNKNOWN}, 404, f"Snapshot {UNKNOWN} could not be found."),
        ({"size": 1, "source_volid": UNKNOWN}, 404, f"Volume {UNKNOWN} could not be found."),
        ({"size": 1, "source_volid": "nope"}, 400, "Invalid input for field/attribute source_volid. Value: nope."),
        ({"size": 1, "metadata": {"a": 1}}, 400, "Invalid input for field/attribute a. Value: 1. 1 is not of type"),
        ({"size": 1, "name": "x" * 256}, 400, "Invalid input received: name has 256 characters, more than 255."),
        ({"size": 1, "multiattach": True}, 400, "multiattach parameter has been removed."),
    ],
)
def test_an_invalid_volume_is_rejected(disks: Disks, asked: Any, status: int, said: str) -> None:
    answer = disks.post("/volumes", {"volume": asked})
    assert answer.status_code == status
    assert message(answer).startswith(said)


def test_a_body_without_a_volume_or_json_is_rejected(disks: Disks) -> None:
    assert message(disks.post("/volumes", {})) == "'volume' is a required property"
    broken = disks.api.post("/volumes", data="{bad", headers={"Content-Type": "application/json"})
    assert (broken.status_code, message(broken)) == (400, "Malformed request body")


def test_a_volume_from_an_image_is_bootable_and_remembers_the_image(disks: Disks) -> None:
    image = next(disks.clouds.demo.image.images(name="guest"))
    answer = disks.post("/volumes", {"volume": {"size": 1, "imageRef": image.id}}).json()["volume"]
    volume = disks.wait(disks.keep(answer["id"]))
    assert (answer["bootable"], volume.is_bootable) == ("false", True)
    assert volume.volume_image_metadata["image_id"] == image.id
    assert volume.volume_image_metadata["size"] == str(image.size)


def test_a_volume_from_another_has_at_least_its_size(disks: Disks) -> None:
    source = disks.volume(size=2)
    clone = disks.volume(size=None, source_volume_id=source.id)
    smaller = disks.post("/volumes", {"volume": {"size": 1, "source_volid": source.id}})
    assert (clone.size, clone.source_volume_id) == (2, source.id)
    assert "Volume size '1'GB cannot be smaller than original volume size  2GB." in message(smaller)


def test_another_projects_volume_is_not_found(disks: Disks) -> None:
    volume = disks.volume()
    alt = disks.clouds.alt.block_storage
    for volume_id in (volume.id, UNKNOWN, "nope"):
        for answer in (alt.get(f"/volumes/{volume_id}"), alt.delete(f"/volumes/{volume_id}")):
            assert (answer.status_code, message(answer)) == (404, f"Volume {volume_id} could not be found.")


def test_an_administrator_sees_every_volume_but_lists_all_only_when_asking(disks: Disks) -> None:
    volume = disks.volume()
    admin = disks.clouds.admin.block_storage
    assert admin.get_volume(volume.id).host
    assert volume.id not in {each.id for each in admin.volumes()}
    assert volume.id in {each.id for each in admin.volumes(all_projects=True)}
    assert disks.api.get("/volumes?all_tenants=1").status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=contract-a", ["contract-a"]),
        ("status=available&name=contract-b", ["contract-b"]),
        ("status=error", []),
        ("status=NOPE", []),
        ("metadata={'k':'contract-a'}", ["contract-a"]),
        ("bootable=true", []),
        ("sort=name:asc", ["contract-a", "contract-b"]),
        ("sort_key=name&sort_dir=desc", ["contract-b", "contract-a"]),
        ("availability_zone=nova&sort=name:asc", ["contract-a", "contract-b"]),
        ("sort=name:asc&offset=1", ["contract-b"]),
        ("limit=0", []),
    ],
)
def test_lists_are_filtered_and_sorted(disks: Disks, query: str, found: list[str]) -> None:
    for name in ("contract-a", "contract-b"):
        disks.volume(name=name, metadata={"k": name})
    for path in ("/volumes", "/volumes/detail"):
        rows = disks.api.get(f"{path}?{query}").json()["volumes"]
        assert [row["name"] for row in rows if row["name"].startswith("contract-")] == found


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("limit=x", 400, "limit param must be an integer"),
        ("limit=-1", 400, "limit param must be positive"),
        (f"marker={UNKNOWN}", 404, f"Volume {UNKNOWN} could not be found."),
        ("sort=nope", 400, "Invalid input received: Invalid sort key"),
    ],
)
def test_an_invalid_list_is_rejected(clouds: Clouds, query: str, status: int, said: str) -> None:
    answer = clouds.demo.block_storage.get(f"/volumes?{query}")
    assert (answer.status_code, message(answer)) == (status, said)


def test_a_list_is_paginated_newest_first(disks: Disks) -> None:
    for name in "abc":
        disks.volume(name=name)
    first = disks.api.get("/volumes/detail?limit=2&sort=name:asc").json()
    (link,) = first["volumes_links"]
    second = disks.api.get(link["href"]).json()
    assert link["rel"] == "next"
    assert [row["name"] for row in first["volumes"] + second["volumes"]][:3] == ["a", "b", "c"]
    assert {each.name for each in disks.api.volumes(limit=1)} >= {"a", "b", "c"}


def test_name_description_and_metadata_can_be_changed_and_nothing_else(disks: Disks) -> None:
    volume = disks.volume(metadata={"k": "v"})
    changed = disks.api.put(f"/volumes/{volume.id}", json={"volume": {"name": "n", "metadata": {"z": "1"}}})
    size = disks.api.put(f"/volumes/{volume.id}", json={"volume": {"size": 3}})
    assert (changed.json()["volume"]["name"], changed.json()["volume"]["metadata"]) == ("n", {"z": "1"})
    assert size.status_code == 400
    assert "Additional properties are not allowed ('size' was unexpected)" in message(size)


def test_metadata_has_its_own_requests(disks: Disks) -> None:
    path = f"/volumes/{disks.volume(metadata={'z': '1'}).id}/metadata"
    api = disks.api
    assert api.post(path, json={"metadata": {"a": "1"}}).json() == {"metadata": {"a": "1", "z": "1"}}
    assert api.put(path, json={"metadata": {"b": "2"}}).json() == {"metadata": {"b": "2"}}
    assert api.put(f"{path}/c", json={"meta": {"c": "3"}}).json() == {"meta": {"c": "3"}}
    assert message(api.put(f"{path}/c", json={"meta": {"d": "3"}})) == "Request body and URI mismatch"
    assert api.get(f"{path}/c").json() == {"meta": {"c": "3"}}
    assert api.delete(f"{path}/c").status_code == 200
    assert "has no metadata with key c." in message(api.delete(f"{path}/c"))
    assert message(api.post(path, json={"metadata": {"a": 1}})).startswith("Invalid input for field/attribute a.")
    assert api.get(path).json() == {"metadata": {"b": "2"}}


def test_a_volume_is_extended_but_never_shrunk(disks: Disks) -> None:
    volume = disks.volume(size=1)
    assert disks.act(volume.id, "os-extend", new_size=2).status_code == 202
    assert disks.wait(volume.id).size == 2
    for size in (1, 2):
        refused = disks.act(volume.id, "os-extend", new_size=size)
        said = f"New size for extend must be greater than current size. (current: 2, extended: {size})."
        assert (refused.status_code, message(refused)) == (400, f"Invalid input received: {said}")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"os-extend": {"new_size": "x"}}, 400, "Invalid input for field/attribute new_size. Value: x."),
        ({"os-extend": {}}, 400, "Invalid input for field/attribute os-extend. Value: {}. 'new_size' is a required"),
        ({"nope": {}}, 400, "There is no such action: nope."),
        ({}, 400, "Malformed request body"),
        ({"os-reset_status": {"status": "error"}}, 403, "Policy doesn't allow volume_extension:volume_admin_actions"),
        ({"os-force_delete": {}}, 403, "Policy doesn't allow volume_extension:volume_admin_actions:force_delete"),
        ({"os-retype": {"new_type": "nope"}}, 404, "Volume type with name nope could not be found."),
    ],
)
def test_an_invalid_action_is_rejected(disks: Disks, body: Any, status: int, said: str) -> None:
    answer = disks.post(f"/volumes/{disks.volume().id}/action", body)
    assert answer.status_code == status
    assert message(answer).startswith(said)


def test_a_volume_in_error_is_not_extended(disks: Disks) -> None:
    volume = disks.volume()
    disks.clouds.admin.block_storage.reset_volume_status(volume.id, "error")
    refused = disks.act(volume.id, "os-extend", new_size=4)
    said = f"Invalid volume: Volume {volume.id} status must be '{{'status': 'available'}}' to extend, currently error."
    assert (refused.status_code, message(refused)) == (400, said)


def test_flags_of_a_volume_are_set_by_actions(disks: Disks) -> None:
    volume = disks.volume()
    assert disks.act(volume.id, "os-set_bootable", bootable=True).status_code == 200
    assert disks.act(volume.id, "os-update_readonly_flag", readonly=True).status_code == 202
    assert disks.act(volume.id, "os-set_image_metadata", metadata={"os": "x"}).json() == {"metadata": {"os": "x"}}
    seen = disks.api.get_volume(volume.id)
    assert (seen.is_bootable, seen.metadata["readonly"]) == (True, "True")
    assert disks.act(volume.id, "os-unset_image_metadata", key="os").status_code == 200
    assert disks.act(volume.id, "os-unset_image_metadata", key="os").status_code == 404


def test_a_deleted_volume_is_not_found(disks: Disks) -> None:
    volume = disks.volume()
    assert disks.api.delete(f"/volumes/{volume.id}").status_code == 202
    disks.gone(volume.id)


def test_cascade_is_a_boolean(disks: Disks) -> None:
    answer = disks.api.delete(f"/volumes/{disks.volume().id}?cascade=nope")
    assert (answer.status_code, message(answer)) == (400, "Value 'nope' for 'cascade' is not a boolean.")


def test_trove_creates_and_extends_a_volume_with_cinderclient(disks: Disks) -> None:
    """Source: the calls of trove/taskmanager/models.py and trove/common/clients.py."""
    client = cinder.Client("3.42", session=disks.clouds.demo.session, region_name="RegionOne")
    volume = client.volumes.create(1, name="datastore-1", description="d", volume_type=None)
    disks.wait(disks.keep(volume.id))
    client.volumes.extend(volume.id, 2)
    assert disks.wait(volume.id).size == 2
    assert client.volumes.get(volume.id).name == "datastore-1"
    client.volumes.delete(volume)
    disks.gone(volume.id)


@pytest.mark.mini_only("needs durations and a manual clock")
def test_a_volume_has_a_duration(disks: Disks, mini: Mini) -> None:
    mini.control("POST", "durations", {"volume.create": 4, "volume.extend": 3, "volume.delete": 2})
    volume = disks.api.create_volume(size=1)
    assert disks.api.get_volume(volume.id).status == "creating"
    mini.advance(4)
    assert disks.api.get_volume(volume.id).status == "available"
    disks.act(volume.id, "os-extend", new_size=5)
    assert (disks.api.get_volume(volume.id).status, disks.api.get_volume(volume.id).size) == ("extending", 1)
    mini.advance(3)
    assert (disks.api.get_volume(volume.id).status, disks.api.get_volume(volume.id).size) == ("available", 5)
    disks.api.delete_volume(volume.id)
    assert disks.api.get_volume(volume.id).status == "deleting"
    again = disks.api.delete(f"/volumes/{volume.id}")
    assert (again.status_code, message(again)[:44]) == (400, "Invalid volume: Volume status must be availa")
    mini.advance(2)
    disks.gone(volume.id)


@pytest.mark.mini_only("needs faults")
@pytest.mark.parametrize(
    ("rule", "act", "status"),
    [
        (
            {"method": "POST", "path": "/volumes/*/action"},
            lambda disks, one: disks.act(one, "os-extend", new_size=2),
            "error_extending",
        ),
        ({"method": "DELETE", "path": "/volumes/*"}, lambda disks, one: disks.api.delete_volume(one), "error_deleting"),
    ],
)
def test_a_failing_operation_ends_in_its_error_state(
    disks: Disks, mini: Mini, rule: dict[str, str], act: Any, status: str
) -> None:
    volume = disks.volume()
    mini.control("POST", "faults", {"service": "volume", "kind": "error_later", **rule})
    act(disks, volume.id)
    assert disks.api.get_volume(volume.id).status == status
    assert disks.api.get_volume(volume.id).size == 1


@pytest.mark.mini_only("needs faults")
def test_a_volume_whose_creation_fails_is_in_error_and_can_be_deleted(disks: Disks, mini: Mini) -> None:
    mini.control("POST", "faults", {"service": "volume", "method": "POST", "path": "/volumes", "kind": "error_later"})
    volume = disks.api.create_volume(size=1)
    assert disks.api.get_volume(volume.id).status == "error"
    disks.api.delete_volume(volume.id)
    disks.gone(volume.id)


@pytest.mark.mini_only("a real Cinder answers some of these with 500")
@pytest.mark.parametrize("value", [None, [], 7, "x", {"a": {}}, {"size": []}, {"size": True}, {"size": 2**40}])
def test_a_value_of_any_type_is_never_a_server_error(disks: Disks, value: Any) -> None:
    volume = disks.volume()
    bodies = [("/volumes", "volume"), ("/snapshots", "snapshot"), (f"/volumes/{volume.id}/metadata", "metadata")]
    bodies += [(f"/volumes/{volume.id}/action", name) for name in ("os-extend", "os-attach", "os-retype")]
    for path, name in bodies:
        assert disks.post(path, {name: value}).status_code in (200, 400), (path, value)
    assert disks.api.put(f"/volumes/{volume.id}", json={"volume": value}).status_code in (200, 400)
