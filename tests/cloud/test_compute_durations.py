"""Slow and failing servers of the emulated cloud.

Source of all: exchanges with Nova 34.0.0, with a driver that was slow or failed.
"""

from typing import Any

import pytest

from cloud.compute_kit import Fleet, message
from cloud.conftest import Clouds, Mini

pytestmark = pytest.mark.mini_only("durations and faults are set through the control API")


@pytest.fixture
def fleet(clouds: Clouds) -> Fleet:
    """The reset before the next test removes what a test leaves."""
    return Fleet(clouds)


def _states(fleet: Fleet, server_id: str) -> tuple[str, Any, str]:
    server = fleet.show(server_id)
    return server["status"], server["OS-EXT-STS:task_state"], server["OS-EXT-STS:vm_state"]


def _fail(mini: Mini, method: str, path: str, **more: Any) -> None:
    mini.control(
        "POST", "faults", {"service": "compute", "method": method, "path": path, "kind": "error_later", **more}
    )


def test_a_server_is_scheduled_then_built(fleet: Fleet, mini: Mini) -> None:
    mini.control("POST", "durations", {"server.schedule": 1, "server.build": 10})
    server_id = fleet.ask(networks=[{"uuid": fleet.network_id}]).json()["server"]["id"]
    assert _states(fleet, server_id) == ("BUILD", "scheduling", "building")
    assert fleet.show(server_id)["addresses"] == {}
    refused = fleet.act(server_id, "reboot", {"type": "SOFT"})
    assert message(refused) == f"Cannot 'reboot' instance {server_id} while it is in vm_state building"
    mini.advance(1)
    assert _states(fleet, server_id) == ("BUILD", "spawning", "building")
    assert list(fleet.show(server_id)["addresses"]) == ["tenant"]
    mini.advance(10)
    assert _states(fleet, server_id) == ("ACTIVE", None, "active")


def test_a_server_waits_for_its_new_volumes(fleet: Fleet, mini: Mini) -> None:
    mini.control("POST", "durations", {"volume.create": 4, "server.build": 15})
    root = {"boot_index": 0, "source_type": "image", "destination_type": "local", "uuid": fleet.image_id}
    data = {"boot_index": -1, "source_type": "blank", "destination_type": "volume", "volume_size": 1}
    server_id = fleet.ask(block_device_mapping_v2=[root, data]).json()["server"]["id"]
    assert _states(fleet, server_id)[1] == "block_device_mapping"
    mini.advance(4)
    assert _states(fleet, server_id)[1] == "spawning"
    mini.advance(15)
    assert fleet.show(server_id)["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("duration", "action", "during", "after"),
    [
        ("server.reboot", {"reboot": {"type": "SOFT"}}, ("REBOOT", "rebooting", "active"), "ACTIVE"),
        ("server.reboot", {"reboot": {"type": "HARD"}}, ("HARD_REBOOT", "rebooting_hard", "active"), "ACTIVE"),
        ("server.stop", {"os-stop": None}, ("ACTIVE", "powering-off", "active"), "SHUTOFF"),
        ("server.rebuild", {"rebuild": {"imageRef": ""}}, ("REBUILD", "rebuilding", "active"), "ACTIVE"),
        ("server.resize", {"resize": {"flavorRef": ""}}, ("RESIZE", "resize_migrating", "active"), "VERIFY_RESIZE"),
    ],
)
def test_an_action_has_a_duration(
    request: pytest.FixtureRequest, duration: str, action: dict[str, Any], during: tuple[str, str, str], after: str
) -> None:
    fleet, mini = request.getfixturevalue("fleet"), request.getfixturevalue("mini")
    ((name, value),) = action.items()
    server_id = fleet.server()
    mini.control("POST", "durations", {duration: 6})
    known = {"imageRef": fleet.image_id, "flavorRef": fleet.flavor("m1.small")}
    given = value and {key: known.get(key, text) for key, text in value.items()}
    assert fleet.act(server_id, name, given).status_code == 202
    assert _states(fleet, server_id) == during
    refused = fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.medium")})
    assert message(refused) == f"Cannot 'resize' instance {server_id} while it is in task_state {during[1]}"
    mini.advance(6)
    assert fleet.show(server_id)["status"] == after


def test_a_volume_is_reserved_while_its_server_is_resized(clouds: Clouds, fleet: Fleet, mini: Mini) -> None:
    server_id, volume = fleet.server(), fleet.volume()
    body = {"volumeAttachment": {"volumeId": volume}}
    fleet.api.post(f"/servers/{server_id}/os-volume_attachments", json=body)
    fleet.wait_volume(volume, "in-use")
    mini.control("POST", "durations", {"server.resize": 12, "server.revert": 5})
    fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.small")})
    storage = clouds.demo.block_storage
    assert storage.get_volume(volume).status == "reserved"
    mini.advance(12)
    assert (fleet.show(server_id)["status"], storage.get_volume(volume).status) == ("VERIFY_RESIZE", "in-use")
    fleet.act(server_id, "revertResize")
    assert storage.get_volume(volume).status == "reserved"
    mini.advance(5)
    assert (fleet.show(server_id)["status"], storage.get_volume(volume).status) == ("ACTIVE", "in-use")


def test_a_resize_that_fails_on_the_new_host_leaves_the_volume_attaching(
    clouds: Clouds, fleet: Fleet, mini: Mini
) -> None:
    """Source: Nova 34 with Cinder 29, whose driver failed in finish_migration.

    A hard reboot does not change the volumes.
    """
    server_id, volume = fleet.server(), fleet.volume()
    fleet.api.post(f"/servers/{server_id}/os-volume_attachments", json={"volumeAttachment": {"volumeId": volume}})
    fleet.wait_volume(volume, "in-use")
    mini.control(
        "POST", "faults", {"kind": "error_later", "service": "compute", "method": "POST", "contains": "resize"}
    )
    fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.small")})
    storage = clouds.demo.block_storage
    assert (fleet.show(server_id)["status"], storage.get_volume(volume).status) == ("ERROR", "attaching")
    fleet.act(server_id, "reboot", {"type": "HARD"})
    assert (fleet.show(server_id)["status"], storage.get_volume(volume).status) == ("ACTIVE", "attaching")
    (attachment,) = storage.get("/attachments", params={"volume_id": volume}, microversion="3.44").json()["attachments"]
    storage.post(f"/attachments/{attachment['id']}/action", json={"os-complete": {}}, microversion="3.44")
    assert storage.get_volume(volume).status == "in-use"


def test_a_revert_that_fails_on_the_old_host_leaves_the_old_flavor_and_the_volume_attaching(
    clouds: Clouds, fleet: Fleet, mini: Mini
) -> None:
    """Source: _finish_revert_resize in nova.compute.manager, Nova 34: flavor and attachments come before the driver."""
    server_id, volume = fleet.server(), fleet.volume()
    fleet.api.post(f"/servers/{server_id}/os-volume_attachments", json={"volumeAttachment": {"volumeId": volume}})
    fleet.wait_volume(volume, "in-use")
    fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.small")})
    fleet.wait(server_id, "VERIFY_RESIZE")
    _fail(mini, "POST", "/servers/*/action", contains="revertResize")
    fleet.act(server_id, "revertResize")
    server = fleet.wait(server_id, "ERROR")
    assert server["flavor"]["original_name"] == "m1.tiny"
    assert clouds.demo.block_storage.get_volume(volume).status == "attaching"


def test_a_confirmed_resize_stays_in_verify_resize_until_it_ends(fleet: Fleet, mini: Mini) -> None:
    server_id = fleet.server()
    fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.small")})
    mini.control("POST", "durations", {"server.confirm": 2})
    assert fleet.act(server_id, "confirmResize").status_code == 204
    assert _states(fleet, server_id) == ("VERIFY_RESIZE", None, "resized")
    again = fleet.act(server_id, "confirmResize")
    assert (again.status_code, message(again)) == (400, "Instance has not been resized.")
    mini.advance(2)
    assert fleet.show(server_id)["status"] == "ACTIVE"


def test_a_server_that_is_being_deleted_is_shown_until_the_deletion_ends(fleet: Fleet, mini: Mini) -> None:
    server_id = fleet.server()
    mini.control("POST", "durations", {"server.delete": 3})
    assert [fleet.api.delete(f"/servers/{server_id}").status_code for _ in range(2)] == [204, 204]
    assert _states(fleet, server_id) == ("ACTIVE", "deleting", "active")
    refused = fleet.act(server_id, "reboot", {"type": "SOFT"})
    assert message(refused) == f"Cannot 'reboot' instance {server_id} while it is in task_state deleting"
    mini.advance(3)
    assert fleet.get(f"/servers/{server_id}").status_code == 404


def test_a_server_deleted_while_it_is_built_never_becomes_active(clouds: Clouds, fleet: Fleet, mini: Mini) -> None:
    mini.control("POST", "durations", {"server.build": 10})
    port, volume = fleet.port(), fleet.volume()
    root = {"boot_index": 0, "source_type": "image", "destination_type": "local", "uuid": fleet.image_id}
    data = {"boot_index": -1, "source_type": "volume", "destination_type": "volume", "uuid": volume}
    asked = fleet.ask(networks=[{"port": port}], block_device_mapping_v2=[root, data])
    server_id = asked.json()["server"]["id"]
    assert fleet.show(server_id)["status"] == "BUILD"
    fleet.api.delete(f"/servers/{server_id}")
    assert fleet.get(f"/servers/{server_id}").status_code == 404
    mini.advance(10)
    assert fleet.get(f"/servers/{server_id}").status_code == 404
    assert clouds.demo.network.get_port(port).device_id == ""
    assert clouds.demo.block_storage.get_volume(volume).status == "available"


def test_a_failed_build_ends_in_error_and_releases_the_ports(clouds: Clouds, fleet: Fleet, mini: Mini) -> None:
    _fail(mini, "POST", "/servers")
    port = fleet.port()
    server_id = fleet.server("ERROR", networks=[{"port": port}])
    fault = fleet.show(server_id)["fault"]
    assert fault["message"].startswith("Exceeded maximum number of retries. Exceeded max scheduling attempts 3")
    assert clouds.demo.network.get_port(port).device_id == ""


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("reboot", {"type": "HARD"}),
        ("resize", {"flavorRef": ""}),
        ("rebuild", {"imageRef": ""}),
        ("os-stop", None),
    ],
)
def test_an_action_that_fails_ends_in_error_with_a_fault(fleet: Fleet, mini: Mini, action: str, value: Any) -> None:
    server_id = fleet.server()
    _fail(mini, "POST", "/servers/*/action", contains=action)
    known = {"imageRef": fleet.image_id, "flavorRef": fleet.flavor("m1.small")}
    given = value and {name: known.get(name, text) for name, text in value.items()}
    assert fleet.act(server_id, action, given).status_code == 202
    server = fleet.wait(server_id, "ERROR")
    assert "fault of the control API" in server["fault"]["message"]
    assert server["flavor"]["original_name"] == "m1.tiny"


def test_a_failed_confirm_or_revert_ends_in_error(fleet: Fleet, mini: Mini) -> None:
    for action in ("confirmResize", "revertResize"):
        server_id = fleet.server()
        fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.small")})
        _fail(mini, "POST", "/servers/*/action", contains=action)
        fleet.act(server_id, action)
        fleet.wait(server_id, "ERROR")


def test_a_failed_delete_leaves_the_server_in_error(fleet: Fleet, mini: Mini) -> None:
    server_id = fleet.server()
    _fail(mini, "DELETE", "/servers/*")
    assert fleet.api.delete(f"/servers/{server_id}").status_code == 204
    fleet.wait(server_id, "ERROR")
    fleet.api.delete(f"/servers/{server_id}")
    fleet.gone(server_id)


def test_a_volume_that_fails_to_attach_is_available_again(fleet: Fleet, mini: Mini) -> None:
    server_id, volume = fleet.server(), fleet.volume()
    _fail(mini, "POST", "/servers/*/os-volume_attachments")
    path = f"/servers/{server_id}/os-volume_attachments"
    fleet.api.post(path, json={"volumeAttachment": {"volumeId": volume}})
    fleet.wait_volume(volume, "available")
    assert fleet.get(path).json() == {"volumeAttachments": []}


def test_an_interface_has_a_duration(fleet: Fleet, mini: Mini) -> None:
    server_id = fleet.server()
    mini.control("POST", "durations", {"interface.attach": 2})
    path = f"/servers/{server_id}/os-interface"
    fleet.api.post(path, json={"interfaceAttachment": {"net_id": fleet.network_id}})
    assert fleet.get(path).json() == {"interfaceAttachments": []}
    mini.advance(2)
    assert len(fleet.get(path).json()["interfaceAttachments"]) == 1


def test_the_events_of_a_server_are_recorded(fleet: Fleet, mini: Mini) -> None:
    server_id = fleet.server(name="contract-events", metadata={"trove": "1"})
    fleet.act(server_id, "reboot", {"type": "HARD"})
    fleet.wait(server_id, "ACTIVE")
    fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.small")})
    fleet.wait(server_id, "VERIFY_RESIZE")
    fleet.act(server_id, "confirmResize")
    fleet.wait(server_id, "ACTIVE")
    fleet.act(server_id, "rebuild", {"imageRef": fleet.image_id})
    fleet.wait(server_id, "ACTIVE")
    fleet.api.delete(f"/servers/{server_id}")
    fleet.gone(server_id)
    events = mini.control("GET", "events")["events"]
    told = [(event["kind"], event["flavor"]) for event in events if event["server_id"] == server_id]
    assert told == [
        ("server.active", "m1.tiny"),
        ("server.rebooting", "m1.tiny"),
        ("server.rebooted", "m1.tiny"),
        ("server.resizing", "m1.tiny"),
        ("server.resized", "m1.small"),
        ("server.confirmed", "m1.small"),
        ("server.rebuilding", "m1.small"),
        ("server.rebuilt", "m1.small"),
        ("server.deleted", "m1.small"),
    ]
    assert events[0]["metadata"] == {"trove": "1"}
