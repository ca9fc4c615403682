"""The volumes of Nova's servers. Source of all: exchanges with Nova 34.0.0."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud.compute_kit import UNKNOWN, Fleet, message
from cloud.conftest import Clouds


@pytest.fixture
def fleet(clouds: Clouds) -> Iterator[Fleet]:
    made = Fleet(clouds)
    yield made
    made.clear()


def _image_root(fleet: Fleet) -> dict[str, Any]:
    return {"boot_index": 0, "source_type": "image", "destination_type": "local", "uuid": fleet.image_id}


def _with_volume(fleet: Fleet, volume: str, **more: Any) -> str:
    """Create a server with an existing volume for its data."""
    data = {"boot_index": -1, "source_type": "volume", "destination_type": "volume", "uuid": volume, **more}
    return fleet.server(block_device_mapping_v2=[_image_root(fleet), data])


def _attach(fleet: Fleet, server_id: str, volume: str, *, version: str = "2.79", **more: Any) -> Any:
    body = {"volumeAttachment": {"volumeId": volume, **more}}
    return fleet.api.post(f"/servers/{server_id}/os-volume_attachments", json=body, microversion=version)


def _attachments(fleet: Fleet, server_id: str, *, version: str = "2.89") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = fleet.get(f"/servers/{server_id}/os-volume_attachments", version=version).json()[
        "volumeAttachments"
    ]
    return found


def test_a_server_is_created_with_an_existing_volume_which_survives_it(fleet: Fleet) -> None:
    volume = fleet.volume()
    server_id = _with_volume(fleet, volume)
    seen = fleet.wait_volume(volume, "in-use")
    (attachment,) = _attachments(fleet, server_id)
    assert attachment["volumeId"] == volume
    assert attachment["device"].startswith("/dev/")
    assert attachment["delete_on_termination"] is False
    assert [(each["server_id"], each["attachment_id"]) for each in seen.attachments] == [
        (server_id, attachment["attachment_id"])
    ]
    fleet.api.delete(f"/servers/{server_id}")
    fleet.gone(server_id)
    assert fleet.wait_volume(volume, "available").attachments == []


def test_a_blank_volume_created_for_a_server_is_deleted_with_it_if_requested(clouds: Clouds, fleet: Fleet) -> None:
    data = {"boot_index": -1, "source_type": "blank", "destination_type": "volume", "volume_size": 1}
    devices = [_image_root(fleet), {**data, "delete_on_termination": True}]
    server_id = fleet.server(block_device_mapping_v2=devices)
    (attachment,) = _attachments(fleet, server_id)
    fleet.api.delete(f"/servers/{server_id}")
    fleet.gone(server_id)
    storage = clouds.demo.block_storage
    clouds.until(lambda: storage.get(f"/volumes/{attachment['volumeId']}").status_code, lambda seen: seen == 404)


def test_a_server_that_boots_from_a_volume_has_no_image(clouds: Clouds, fleet: Fleet) -> None:
    root = {
        "boot_index": 0,
        "source_type": "image",
        "destination_type": "volume",
        "uuid": fleet.image_id,
        "volume_size": 1,
        "delete_on_termination": True,
    }
    server_id = fleet.server(imageRef=None, block_device_mapping_v2=[root])
    assert fleet.show(server_id)["image"] == ""
    (attachment,) = _attachments(fleet, server_id)
    assert clouds.demo.block_storage.get_volume(attachment["volumeId"]).is_bootable
    refused = fleet.api.delete(f"/servers/{server_id}/os-volume_attachments/{attachment['volumeId']}")
    assert (refused.status_code, message(refused)) == (400, "Cannot detach a root device volume")


@pytest.mark.parametrize(
    ("device", "said", "reason"),
    [
        (
            {"boot_index": 0, "source_type": "volume", "destination_type": "volume", "uuid": UNKNOWN},
            f"Block Device Mapping is Invalid: failed to get volume {UNKNOWN}.",
            "no such volume",
        ),
        (
            {"boot_index": 0, "source_type": "snapshot", "destination_type": "volume", "uuid": UNKNOWN},
            f"Snapshot {UNKNOWN} could not be found.",
            "no such snapshot",
        ),
        (
            {"boot_index": 0, "source_type": "image", "destination_type": "volume", "uuid": "IMAGE"},
            "Images with destination_type 'volume' need to have a non-zero size specified",
            "the size is missing",
        ),
        (
            {"boot_index": -1, "source_type": "blank", "destination_type": "volume", "volume_size": 1},
            (
                "Block Device Mapping is Invalid: Boot sequence for the instance and image/block device mapping"
                " combination is not valid."
            ),
            "no boot source",
        ),
    ],
)
def test_invalid_block_devices_are_rejected(fleet: Fleet, device: dict[str, Any], said: str, reason: str) -> None:
    given = {**device, "uuid": fleet.image_id} if device.get("uuid") == "IMAGE" else device
    answer = fleet.ask(imageRef=None, block_device_mapping_v2=[given])
    assert (answer.status_code, message(answer)) == (400, said), reason


def test_a_create_with_a_volume_in_use_is_rejected_without_a_server(fleet: Fleet) -> None:
    volume = fleet.volume()
    server_id = _with_volume(fleet, volume)
    data = {"boot_index": -1, "source_type": "volume", "destination_type": "volume", "uuid": volume}
    answer = fleet.ask(block_device_mapping_v2=[_image_root(fleet), data])
    assert answer.status_code == 400
    assert f"Volume {volume} status must be available or downloading to reserve" in message(answer)
    assert [each["id"] for each in fleet.get("/servers").json()["servers"]] == [server_id]


def test_a_volume_is_attached_and_detached(fleet: Fleet) -> None:
    server_id, volume = fleet.server(), fleet.volume()
    made = _attach(fleet, server_id, volume)
    assert made.status_code == 200
    attachment = made.json()["volumeAttachment"]
    assert (attachment["id"], attachment["volumeId"], attachment["serverId"]) == (volume, volume, server_id)
    assert (attachment["tag"], attachment["delete_on_termination"]) == (None, False)
    fleet.wait_volume(volume, "in-use")
    assert fleet.show(server_id)["os-extended-volumes:volumes_attached"] == [
        {"id": volume, "delete_on_termination": False}
    ]
    path = f"/servers/{server_id}/os-volume_attachments/{volume}"
    assert fleet.api.delete(path).status_code == 202
    fleet.wait_volume(volume, "available")
    again = fleet.api.delete(path)
    said = f"Instance {server_id} is not attached to volume {volume}"
    assert (again.status_code, message(again)) == (404, said)


def test_attaching_has_no_reply_body_since_2_101(fleet: Fleet) -> None:
    server_id, volume = fleet.server(), fleet.volume()
    answer = _attach(fleet, server_id, volume, version="2.101")
    assert (answer.status_code, answer.text) == (202, "")
    fleet.wait_volume(volume, "in-use")


@pytest.mark.parametrize(
    ("version", "keys"),
    [
        ("2.1", {"id", "volumeId", "serverId", "device"}),
        ("2.70", {"id", "volumeId", "serverId", "device", "tag"}),
        ("2.79", {"id", "volumeId", "serverId", "device", "tag", "delete_on_termination"}),
        (
            "2.89",
            {"volumeId", "serverId", "device", "tag", "delete_on_termination", "attachment_id", "bdm_uuid"},
        ),
    ],
)
def test_an_attachment_shows_the_attributes_of_the_microversion(fleet: Fleet, version: str, keys: set[str]) -> None:
    server_id = _with_volume(fleet, fleet.volume())
    (attachment,) = _attachments(fleet, server_id, version=version)
    assert set(attachment) == keys


def test_delete_on_termination_of_a_volume_can_be_changed(clouds: Clouds, fleet: Fleet) -> None:
    volume = fleet.volume()
    server_id = _with_volume(fleet, volume)
    path = f"/servers/{server_id}/os-volume_attachments/{volume}"
    body = {"volumeAttachment": {"volumeId": volume, "delete_on_termination": True}}
    early = fleet.api.put(path, json=body, microversion="2.84")
    assert "Additional properties are not allowed ('delete_on_termination' was unexpected)" in message(early)
    assert fleet.api.put(path, json=body, microversion="2.85").status_code == 202
    assert _attachments(fleet, server_id)[0]["delete_on_termination"] is True
    fleet.api.delete(f"/servers/{server_id}")
    fleet.gone(server_id)
    storage = clouds.demo.block_storage
    clouds.until(lambda: storage.get(f"/volumes/{volume}").status_code, lambda seen: seen == 404)


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"volumeId": UNKNOWN}, 404, f"Volume {UNKNOWN} could not be found."),
        ({"volumeId": "nope"}, 400, "Invalid input for field/attribute volumeId. Value: nope. 'nope' is not a 'uuid'"),
        (
            {},
            400,
            "Invalid input for field/attribute volumeAttachment. Value: {}. 'volumeId' is a required property",
        ),
    ],
)
def test_an_invalid_attachment_is_rejected(fleet: Fleet, given: dict[str, str], status: int, said: str) -> None:
    body = {"volumeAttachment": given}
    answer = fleet.api.post(f"/servers/{fleet.server()}/os-volume_attachments", json=body)
    assert (answer.status_code, message(answer)) == (status, said)


def test_a_volume_in_use_is_not_attached_again(fleet: Fleet) -> None:
    volume = fleet.volume()
    server_id = _with_volume(fleet, volume)
    answer = _attach(fleet, server_id, volume)
    said = f"Invalid volume: volume {volume} is already attached to instances: {server_id}"
    assert (answer.status_code, message(answer)) == (400, said)


def test_a_resize_attaches_the_volume_again(fleet: Fleet) -> None:
    volume = fleet.volume()
    server_id = _with_volume(fleet, volume)
    (before,) = _attachments(fleet, server_id)
    fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.small")})
    fleet.wait(server_id, "VERIFY_RESIZE")
    fleet.wait_volume(volume, "in-use")
    (after,) = _attachments(fleet, server_id)
    assert after["attachment_id"] != before["attachment_id"]
    assert (after["device"], after["bdm_uuid"]) == (before["device"], before["bdm_uuid"])
    fleet.act(server_id, "revertResize")
    fleet.wait(server_id, "ACTIVE")
    fleet.wait_volume(volume, "in-use")
