"""Cinder's attachments, and what is allowed to a volume in use. Source: exchanges with Cinder 29.0.0."""

from collections.abc import Iterator
from typing import Any

import pytest

from cloud.conftest import Clouds, Mini
from cloud.volume_kit import UNKNOWN, Disks, message
from trove_lab.cloud.volume import internal_api

SERVER = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def disks(clouds: Clouds) -> Iterator[Disks]:
    made = Disks(clouds)
    yield made
    made.clear()


def _attachment(disks: Disks, volume_id: str) -> Any:
    body = {"attachment": {"instance_uuid": SERVER, "volume_uuid": volume_id}}
    return disks.post("/attachments", body, version="3.27").json()["attachment"]


def _complete(disks: Disks, attachment_id: str) -> None:
    connector = {"attachment": {"connector": {"host": "h", "ip": "127.0.0.1", "initiator": "iqn"}}}
    path = f"/attachments/{attachment_id}"
    assert disks.api.put(path, json=connector, microversion="3.54").status_code == 200
    assert disks.post(f"{path}/action", {"os-complete": {}}, version="3.44").status_code == 204


def test_an_attachment_is_reserved_connected_completed_and_deleted(disks: Disks) -> None:
    volume = disks.volume()
    attachment = _attachment(disks, volume.id)
    assert (attachment["status"], attachment["instance"], attachment["connection_info"]) == ("reserved", SERVER, {})
    assert disks.api.get_volume(volume.id).status == "reserved"
    _complete(disks, attachment["id"])
    seen = disks.api.get_volume(volume.id)
    assert (seen.status, [each["server_id"] for each in seen.attachments]) == ("in-use", [SERVER])
    listed = disks.api.get(f"/attachments?volume_id={volume.id}", microversion="3.27").json()["attachments"]
    assert listed == [{"id": attachment["id"], "status": "attached", "instance": SERVER, "volume_id": volume.id}]
    assert disks.api.delete(f"/attachments/{attachment['id']}", microversion="3.27").json() == {"attachments": []}
    assert disks.wait(volume.id).attachments == []


def test_a_reserved_volume_is_neither_extended_nor_deleted_nor_reserved_again(disks: Disks) -> None:
    volume = disks.volume()
    _attachment(disks, volume.id)
    other = {"attachment": {"instance_uuid": UNKNOWN, "volume_uuid": volume.id}}
    extended = disks.act(volume.id, "os-extend", new_size=5)
    assert message(extended).endswith("to extend, currently reserved.")
    assert disks.api.delete(f"/volumes/{volume.id}").status_code == 400
    again = disks.post("/attachments", other, version="3.27")
    said = f"Invalid volume: Volume {volume.id} status must be available or downloading to reserve, but the current"
    assert (again.status_code, message(again)) == (400, f"{said} status is reserved.")


def test_a_volume_in_use_can_be_extended_since_3_42(disks: Disks) -> None:
    volume = disks.volume()
    _complete(disks, _attachment(disks, volume.id)["id"])
    for version in ("3.0", "3.41"):
        refused = disks.act(volume.id, "os-extend", version=version, new_size=2)
        said = f"Volume {volume.id} status must be '{{'status': 'available'}}' to extend, currently in-use."
        assert (refused.status_code, message(refused)) == (400, f"Invalid volume: {said}")


@pytest.mark.mini_only("a real Cinder would call Nova about an unknown server")
def test_a_volume_in_use_is_extended_online(disks: Disks) -> None:
    volume = disks.volume()
    _complete(disks, _attachment(disks, volume.id)["id"])
    assert disks.act(volume.id, "os-extend", version="3.42", new_size=2).status_code == 202
    seen = disks.api.get_volume(volume.id)
    assert (seen.status, seen.size) == ("in-use", 2)
    shrunk = disks.act(volume.id, "os-extend", version="3.42", new_size=1)
    assert message(shrunk).endswith("(current: 2, extended: 1).")


def test_a_snapshot_of_a_volume_in_use_must_be_forced_before_3_66(disks: Disks) -> None:
    volume = disks.volume()
    _complete(disks, _attachment(disks, volume.id)["id"])
    refused = disks.post("/snapshots", {"snapshot": {"volume_id": volume.id}})
    said = f"Invalid volume: Volume {volume.id} status must be available, but current status is: in-use."
    assert (refused.status_code, message(refused)) == (400, said)
    needless = disks.post("/snapshots", {"snapshot": {"volume_id": volume.id, "force": False}}, version="3.66")
    assert message(needless).startswith("Since microversion 3.66 the 'force' flag is invalid")
    disks.snapshot(volume.id, is_forced=True)


def test_an_unknown_attachment_is_named_in_the_error(disks: Disks) -> None:
    for answer in (
        disks.api.get(f"/attachments/{UNKNOWN}", microversion="3.27"),
        disks.api.delete(f"/attachments/{UNKNOWN}", microversion="3.27"),
    ):
        said = f"Volume attachment could not be found with filter: attachment_id = {UNKNOWN}."
        assert (answer.status_code, message(answer)) == (404, said)
    wrong = disks.post("/attachments", {"attachment": {}}, version="3.27")
    assert message(wrong).endswith("'volume_uuid' is a required property")


def test_the_old_actions_reserve_attach_and_detach(disks: Disks) -> None:
    volume = disks.volume()
    assert disks.act(volume.id, "os-reserve").status_code == 202
    assert disks.api.get_volume(volume.id).status == "attaching"
    assert disks.act(volume.id, "os-unreserve").status_code == 202
    assert disks.act(volume.id, "os-attach", instance_uuid=SERVER, mountpoint="/dev/vdb").status_code == 202
    seen = disks.wait(volume.id, "in-use")
    assert seen.attachments[0]["device"] == "/dev/vdb"
    assert disks.act(volume.id, "os-begin_detaching").status_code == 202
    assert disks.api.get_volume(volume.id).status == "detaching"
    assert disks.act(volume.id, "os-roll_detaching").status_code == 202
    assert disks.act(volume.id, "os-detach").status_code == 202
    assert disks.wait(volume.id).attachments == []


@pytest.mark.mini_only("calls Cinder as Nova does inside the emulated cloud")
def test_only_nova_detaches_what_nova_attached(disks: Disks, mini: Mini) -> None:
    volume = disks.volume()
    with mini.cloud.lock:
        internal_api.reserve(mini.cloud, volume.id, server_id=SERVER)
        attachment = internal_api.attach(mini.cloud, volume.id, server_id=SERVER, device="/dev/vdb", host="compute1")
    said = f"ConflictNovaUsingAttachment: Detach volume from instance {SERVER} using the Compute API"
    for answer in (
        disks.act(volume.id, "os-detach"),
        disks.api.delete(f"/attachments/{attachment.id}", microversion="3.27"),
    ):
        assert (answer.status_code, message(answer)) == (409, said)
    assert disks.api.delete(f"/volumes/{volume.id}").status_code == 400
    with mini.cloud.lock:
        internal_api.detach(mini.cloud, volume.id, SERVER)
    assert disks.api.get_volume(volume.id).status == "available"


@pytest.mark.mini_only("calls Cinder as Nova does inside the emulated cloud")
def test_nova_s_internal_calls_raise_what_cinder_rejects(disks: Disks, mini: Mini) -> None:
    volume = disks.volume()
    with mini.cloud.lock:
        internal_api.reserve(mini.cloud, volume.id, server_id=SERVER)
        with pytest.raises(internal_api.WrongState):
            internal_api.reserve(mini.cloud, volume.id, server_id=UNKNOWN)
        with pytest.raises(internal_api.WrongState):
            internal_api.delete(mini.cloud, volume.id)
        with pytest.raises(internal_api.VolumeNotFound):
            internal_api.attach(mini.cloud, UNKNOWN, server_id=SERVER, device="/dev/vdb", host="compute1")
        internal_api.unreserve(mini.cloud, volume.id)
        with pytest.raises(internal_api.VolumeQuota):
            internal_api.create(mini.cloud, project_id=volume.project_id, size=10_000)
    assert disks.api.get_volume(volume.id).status == "available"
