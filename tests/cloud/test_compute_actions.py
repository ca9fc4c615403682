"""The actions of Nova's servers. Source of all: exchanges with Nova 34.0.0."""

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


def _flavor(fleet: Fleet, server_id: str) -> str:
    return str(fleet.show(server_id)["flavor"]["original_name"])


def _resized(fleet: Fleet, flavor: str = "m1.small") -> str:
    server_id = fleet.server()
    assert fleet.act(server_id, "resize", {"flavorRef": fleet.flavor(flavor)}).status_code == 202
    fleet.wait(server_id, "VERIFY_RESIZE")
    return server_id


def test_a_resize_waits_for_confirmation_and_then_keeps_the_flavor(fleet: Fleet) -> None:
    server_id = _resized(fleet)
    assert _flavor(fleet, server_id) == "m1.small"
    assert fleet.act(server_id, "confirmResize").status_code == 204
    fleet.wait(server_id, "ACTIVE")
    assert _flavor(fleet, server_id) == "m1.small"


def test_a_reverted_resize_restores_flavor_and_host(fleet: Fleet) -> None:
    server_id = fleet.server()
    host = fleet.show(server_id, who="admin")["OS-EXT-SRV-ATTR:host"]
    fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.medium")})
    fleet.wait(server_id, "VERIFY_RESIZE")
    assert fleet.act(server_id, "revertResize").status_code == 202
    fleet.wait(server_id, "ACTIVE")
    assert _flavor(fleet, server_id) == "m1.tiny"
    assert fleet.show(server_id, who="admin")["OS-EXT-SRV-ATTR:host"] == host


def test_a_resize_that_fits_no_host_leaves_the_server_unchanged(fleet: Fleet) -> None:
    fleet.lift_quotas()
    server_id = fleet.server()
    assert fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.huge")}).status_code == 202
    server = fleet.wait(server_id, "ACTIVE")
    assert _flavor(fleet, server_id) == "m1.tiny"
    assert "fault" not in server
    (action, *_) = fleet.get(f"/servers/{server_id}/os-instance-actions").json()["instanceActions"]
    assert (action["action"], action["message"]) == ("resize", "Error")


def test_a_server_that_was_off_is_off_after_its_resize(fleet: Fleet) -> None:
    server_id = fleet.server()
    fleet.act(server_id, "os-stop")
    assert fleet.wait(server_id, "SHUTOFF")["OS-EXT-STS:power_state"] == 4
    fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.small")})
    fleet.wait(server_id, "VERIFY_RESIZE")
    fleet.act(server_id, "confirmResize")
    fleet.wait(server_id, "SHUTOFF")
    assert fleet.act(server_id, "os-start").status_code == 202
    fleet.wait(server_id, "ACTIVE")


@pytest.mark.parametrize(
    ("action", "value", "status", "said"),
    [
        ("resize", {"flavorRef": "m1.tiny"}, 400, "When resizing, instances must change flavor!"),
        ("resize", {"flavorRef": "nope"}, 400, "Flavor nope could not be found."),
        (
            "resize",
            {},
            400,
            "Invalid input for field/attribute resize. Value: {}. 'flavorRef' is a required property",
        ),
        (
            "reboot",
            {"type": "NOPE"},
            400,
            (
                "Invalid input for field/attribute type. Value: NOPE."
                " 'NOPE' is not one of ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft']"
            ),
        ),
        ("rebuild", {"imageRef": UNKNOWN}, 400, "Cannot find image for rebuild"),
        ("nope", None, 400, "There is no such action: nope"),
        ("confirmResize", None, 409, "Cannot 'confirmResize' instance ID while it is in vm_state active"),
        ("revertResize", None, 409, "Cannot 'revertResize' instance ID while it is in vm_state active"),
        ("os-start", None, 409, "Cannot 'start' instance ID while it is in vm_state active"),
        ("migrate", None, 403, "Policy doesn't allow os_compute_api:os-migrate-server:migrate to be performed."),
        (
            "os-resetState",
            {"state": "error"},
            403,
            "Policy doesn't allow os_compute_api:os-admin-actions:reset_state to be performed.",
        ),
    ],
)
def test_an_action_that_the_state_does_not_allow_is_rejected(
    fleet: Fleet, action: str, value: Any, status: int, said: str
) -> None:
    server_id = fleet.server()
    if value == {"flavorRef": "m1.tiny"}:
        value = {"flavorRef": fleet.flavor("m1.tiny")}
    answer = fleet.act(server_id, action, value)
    assert (answer.status_code, message(answer)) == (status, said.replace("ID", server_id))


@pytest.mark.parametrize(
    ("action", "value", "what"),
    [
        ("resize", {"flavorRef": "m1.medium"}, "resize"),
        ("rebuild", {"imageRef": "guest"}, "rebuild"),
        ("reboot", {"type": "HARD"}, "reboot"),
        ("os-stop", None, "stop"),
    ],
)
def test_a_server_in_verify_resize_allows_no_other_action(fleet: Fleet, action: str, value: Any, what: str) -> None:
    server_id = _resized(fleet)
    known = {"m1.medium": fleet.flavor("m1.medium"), "guest": fleet.image_id}
    given = value and {name: known.get(text, text) for name, text in value.items()}
    answer = fleet.act(server_id, action, given)
    said = f"Cannot '{what}' instance {server_id} while it is in vm_state resized"
    assert (answer.status_code, message(answer)) == (409, said)


def test_an_unknown_server_is_not_found_by_any_action(fleet: Fleet) -> None:
    said = {"reboot": "could not be found.", "os-stop": "has no mapping to a cell."}
    for action, words in said.items():
        answer = fleet.act(UNKNOWN, action, {"type": "SOFT"} if action == "reboot" else None)
        assert (answer.status_code, message(answer)) == (404, f"Instance {UNKNOWN} {words}")


@pytest.mark.parametrize("kind", ["SOFT", "HARD"])
def test_a_reboot_ends_active(fleet: Fleet, kind: str) -> None:
    server_id = fleet.server()
    assert fleet.act(server_id, "reboot", {"type": kind}).status_code == 202
    fleet.wait(server_id, "ACTIVE")


def test_a_server_stops_once_and_starts_once(fleet: Fleet) -> None:
    server_id = fleet.server()
    assert fleet.act(server_id, "os-stop").status_code == 202
    fleet.wait(server_id, "SHUTOFF")
    again = fleet.act(server_id, "os-stop")
    assert message(again) == f"Cannot 'stop' instance {server_id} while it is in vm_state stopped"
    soft = fleet.act(server_id, "reboot", {"type": "SOFT"})
    assert message(soft) == f"Cannot 'reboot' instance {server_id} while it is in vm_state stopped"
    assert fleet.act(server_id, "os-start").status_code == 202
    fleet.wait(server_id, "ACTIVE")


def test_a_rebuild_replaces_given_attributes_and_keeps_the_others(fleet: Fleet) -> None:
    server_id = fleet.server(metadata={"old": "1"}, networks=[{"uuid": fleet.network_id}], description="old")
    before = fleet.show(server_id)
    given = {"imageRef": fleet.image_id, "user_data": "IyEvYmluL3NoCg==", "metadata": {"m": "1"}, "name": "contract-r"}
    answer = fleet.act(server_id, "rebuild", given, version="2.96")
    assert answer.status_code == 202
    view = answer.json()["server"]
    assert (view["status"], view["user_data"], view["name"]) == ("REBUILD", "IyEvYmluL3NoCg==", "contract-r")
    assert view["adminPass"]
    after = fleet.wait(server_id, "ACTIVE")
    assert after["metadata"] == {"m": "1"}
    assert after["description"] == "old"
    assert after["addresses"] == before["addresses"]


def test_an_administrator_moves_a_server_to_another_host(fleet: Fleet) -> None:
    server_id = fleet.server()
    host = fleet.show(server_id, who="admin")["OS-EXT-SRV-ATTR:host"]
    other = "compute2" if host == "compute1" else "compute1"
    here = fleet.act(server_id, "migrate", {"host": host}, version="2.56", who="admin")
    assert message(here) == "Cannot migrate to the host where the server exists."
    nowhere = fleet.act(server_id, "migrate", {"host": "nope"}, version="2.56", who="admin")
    assert message(nowhere) == "Compute host nope could not be found."
    assert fleet.act(server_id, "migrate", {"host": other}, version="2.56", who="admin").status_code == 202
    fleet.wait(server_id, "VERIFY_RESIZE")
    assert fleet.show(server_id, who="admin")["OS-EXT-SRV-ATTR:host"] == other
    listed = fleet.get(f"/os-migrations?instance_uuid={server_id}", who="admin").json()["migrations"]
    assert [(each["migration_type"], each["status"], each["dest_compute"]) for each in listed] == [
        ("migration", "finished", other)
    ]


def test_a_locked_server_cannot_be_changed(fleet: Fleet) -> None:
    server_id = fleet.server()
    assert fleet.act(server_id, "lock", {"locked_reason": "mine"}, version="2.73").status_code == 202
    shown = fleet.show(server_id)
    assert (shown["locked"], shown["locked_reason"]) == (True, "mine")
    for refused in (fleet.act(server_id, "os-stop"), fleet.api.delete(f"/servers/{server_id}")):
        assert (refused.status_code, message(refused)) == (409, f"Instance {server_id} is locked")
    assert fleet.act(server_id, "unlock").status_code == 202
    assert fleet.act(server_id, "os-stop").status_code == 202


def test_an_administrator_resets_the_state_of_a_server(fleet: Fleet) -> None:
    server_id = fleet.server()
    assert fleet.act(server_id, "os-resetState", {"state": "error"}, who="admin").status_code == 202
    assert fleet.show(server_id)["status"] == "ERROR"
    refused = fleet.act(server_id, "resize", {"flavorRef": fleet.flavor("m1.small")})
    assert message(refused) == f"Cannot 'resize' instance {server_id} while it is in vm_state error"
    assert fleet.act(server_id, "os-resetState", {"state": "active"}, who="admin").status_code == 202
    assert fleet.show(server_id)["status"] == "ACTIVE"


def test_the_actions_of_a_server_are_recorded_with_their_events(fleet: Fleet) -> None:
    server_id = fleet.server()
    fleet.act(server_id, "reboot", {"type": "HARD"})
    fleet.wait(server_id, "ACTIVE")
    path = f"/servers/{server_id}/os-instance-actions"
    actions = fleet.get(path).json()["instanceActions"]
    assert [each["action"] for each in actions] == ["reboot", "create"]
    shown = fleet.get(f"{path}/{actions[1]['request_id']}").json()["instanceAction"]
    assert [(each["event"], each["result"]) for each in shown["events"]] == [
        ("compute__do_build_and_run_instance", "Success")
    ]
    unknown = fleet.get(f"{path}/req-{UNKNOWN}")
    assert (unknown.status_code, message(unknown)) == (404, f"Action req-{UNKNOWN} not found")


def test_the_console_has_output(fleet: Fleet) -> None:
    server_id = fleet.server()
    answer = fleet.act(server_id, "os-getConsoleOutput", {})
    assert answer.status_code == 200
    assert answer.json()["output"]


def test_force_delete_deletes(fleet: Fleet) -> None:
    server_id = fleet.server()
    assert fleet.act(server_id, "forceDelete").status_code == 202
    fleet.gone(server_id)


def test_security_groups_are_added_to_the_ports_and_removed(
    clouds: Clouds, fleet: Fleet, request: pytest.FixtureRequest
) -> None:
    group = clouds.demo.network.create_security_group(name="contract-sg")
    request.addfinalizer(lambda: clouds.demo.network.delete_security_group(group))
    server_id = fleet.server(networks=[{"uuid": fleet.network_id}])
    request.addfinalizer(fleet.clear)
    assert fleet.act(server_id, "addSecurityGroup", {"name": "contract-sg"}).status_code == 202
    names = sorted(each["name"] for each in fleet.show(server_id)["security_groups"])
    assert names == ["contract-sg", "default"]
    assert fleet.act(server_id, "removeSecurityGroup", {"name": "contract-sg"}).status_code == 202
    unknown = fleet.act(server_id, "addSecurityGroup", {"name": "nope"})
    project = clouds.demo.current_project_id
    assert message(unknown) == f"Security group nope is not found for project {project}"
