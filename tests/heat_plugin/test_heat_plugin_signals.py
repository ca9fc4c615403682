"""Signals: what they do, how they are rejected, and how their sender sees the outcome."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from heat_plugin_kit import Clouds, MiniHeat, Stack, until

NOBODY = "00000000-0000-0000-0000-000000000000"


def actions(stack: Stack, name: str) -> int:
    """Return how many actions of this name Nova lists for the server."""
    return [row.action for row in stack.clouds.service.compute.server_actions(stack.physical["server"])].count(name)


def host(stack: Stack) -> str:
    """Return the server's host."""
    return str(stack.clouds.admin.compute.get_server(stack.physical["server"]).compute_host)


def test_a_reboot_is_requested_and_its_end_can_be_read(clouds: Clouds) -> None:
    stack = clouds.create("reboot")
    stack.signal("reboot", id="first")
    ended = stack.operation("reboot")
    assert (ended["id"], ended["status"], ended["reason"]) == ("first", "COMPLETE", None)
    assert stack.has_event("SIGNAL_IN_PROGRESS", "reboot first")
    assert stack.has_event("SIGNAL_COMPLETE", "reboot first")
    assert (stack.server().status, actions(stack, "reboot")) == ("ACTIVE", 1)
    assert stack.until("CREATE_COMPLETE").stack_status == "CREATE_COMPLETE"
    stack.signal("reboot", id="second", type="HARD")
    assert stack.operation("reboot", id="second")["status"] == "COMPLETE"


def test_a_server_that_is_off_is_started_by_a_reboot(clouds: Clouds) -> None:
    stack = clouds.create("off")
    clouds.service.compute.stop_server(stack.physical["server"])
    stack.server("SHUTOFF")
    stack.signal("reboot")
    assert stack.operation("reboot")["status"] == "COMPLETE"
    assert stack.server().status == "ACTIVE"


def test_invalid_signals_are_rejected_in_the_response(clouds: Clouds) -> None:
    stack = clouds.create("refusals")
    table: list[tuple[Any, dict[str, Any], str]] = [
        ("fly", {}, "action must be one of confirm, migrate, reboot, rebuild, recover, revert, not fly"),
        (None, {}, "not None"),
        ("reboot", {"how": "soft"}, "reboot: unknown key how"),
        ("reboot", {"type": "GENTLE"}, "type must be SOFT or HARD, not GENTLE"),
        ("reboot", {"id": 5}, "id must be of type str"),
        ("reboot", {"id": "x" * 256}, "id must not be longer than 255 characters"),
        ("migrate", {"timeout": True}, "timeout must be of type int"),
        ("migrate", {"timeout": 0}, "timeout must be greater than 0 seconds"),
        ("migrate", {"host": "nowhere"}, "could not be found"),
        ("migrate", {"host": host(stack)}, "Cannot migrate to the host where the server exists"),
        ("rebuild", {"image": NOBODY}, NOBODY),
        ("confirm", {}, "the server is ACTIVE; it must be VERIFY_RESIZE"),
        ("revert", {}, "the server is ACTIVE; it must be VERIFY_RESIZE"),
    ]
    for action, given, text in table:
        status, message = stack.rejected(action, **given)
        assert (status, text in message) == (400, True), (action, given, message)
    assert (stack.server().status, stack.attribute("operations")) == ("ACTIVE", {})


def test_signals_are_rejected_while_an_update_changes_the_server(clouds: Clouds) -> None:
    stack = clouds.create("busy")
    stack.update(flavor="m1.small")
    stack.waiting_move()
    status, message = stack.rejected("reboot")
    assert (status, "UPDATE of server" in message) == (409, True)
    stack.signal("confirm")
    stack.until("UPDATE_COMPLETE")


@pytest.mark.mini_only(reason="its clock")
def test_the_second_of_two_decisions_is_rejected(clouds: Clouds, mini: MiniHeat) -> None:
    stack = clouds.create("second")
    stack.signal("migrate")
    stack.waiting_move()
    mini.control("POST", "durations", {"server.revert": 5})
    try:
        stack.signal("revert")
        status, message = stack.rejected("confirm")
        assert (status, "the server is REVERT_RESIZE" in message) == (400, True)
        assert stack.operation("revert")["status"] == "COMPLETE"
    finally:
        mini.control("POST", "durations", {"server.revert": 0})
    assert stack.operation("migrate")["reason"] == "the migration was reverted: by a signal"


@pytest.mark.mini_only(reason="its control API")
def test_a_later_failure_is_reported_and_can_be_recovered(clouds: Clouds, mini: MiniHeat) -> None:
    stack = clouds.create("fails")
    mini.control(
        "POST",
        "faults",
        {"service": "compute", "path": "/servers/*/action", "contains": '"rebuild"', "kind": "error_later"},
    )
    stack.signal("rebuild", image="guest")
    ended = stack.operation("rebuild")
    assert (ended["status"], "the server is in ERROR" in ended["reason"]) == ("FAILED", True)
    assert stack.has_event("SIGNAL_FAILED", "the server is in ERROR")
    stack.signal("recover")
    assert stack.operation("recover")["status"] == "COMPLETE"
    assert (stack.server().status, stack.is_unreplaced()) == ("ACTIVE", True)


@pytest.mark.mini_only(reason="its control API")
def test_without_a_response_from_nova_no_operation_is_stored(clouds: Clouds, mini: MiniHeat) -> None:
    stack = clouds.create("silent")
    fault = {"service": "compute", "path": "/servers/*/action", "kind": "status", "status": 503, "times": None}
    mini.control("POST", "faults", fault)
    status, message = stack.rejected("reboot")
    assert (status, "Nova may or may not have accepted the request" in message) == (500, True)
    assert stack.attribute("operations") == {}


@pytest.mark.mini_only(reason="its control API")
def test_a_lost_response_is_not_a_rejection(clouds: Clouds, mini: MiniHeat) -> None:
    stack = clouds.create("lost")
    for action, body in (("migrate", '"migrate"'), ("confirm", '"confirmResize"'), ("reboot", '"reboot"')):
        fault = {"service": "compute", "path": "/servers/*/action", "contains": body, "kind": "lose_answer"}
        mini.control("POST", "faults", fault)
        stack.signal(action)
        if action == "migrate":
            stack.waiting_move()
        else:
            assert stack.operation(action)["status"] == "COMPLETE"
    assert (actions(stack, "migrate"), stack.operation("migrate")["status"]) == (1, "COMPLETE")
    assert (stack.server().status, stack.is_unreplaced()) == ("ACTIVE", True)


@pytest.mark.mini_only(reason="an ordinary user of minicloud's")
def test_a_user_without_the_role_cannot_migrate(mini: MiniHeat) -> None:
    demo = Clouds.connect(mini.connection, "demo", "admin")
    stack = demo.create("member", network="tenant")
    try:
        status, message = stack.rejected("migrate")
        assert (status, "migrate: Policy doesn't allow" in message) == (403, True), message
        stack.signal("reboot")
        assert stack.operation("reboot")["status"] == "COMPLETE"
    finally:
        stack.delete()


def test_a_migrated_server_waits_while_its_stack_is_complete_and_is_confirmed(clouds: Clouds) -> None:
    stack = clouds.create("migrated")
    before = host(stack)
    stack.signal("migrate", id="away")
    seen = stack.waiting_move()
    assert (seen["operation"], seen["goal"], seen["server_status"]) == ("migrate", "", "VERIFY_RESIZE")
    assert stack.until("CREATE_COMPLETE").stack_status == "CREATE_COMPLETE"
    assert stack.has_event("SIGNAL_IN_PROGRESS", f"(by {seen['deadline']}) it is reverted")
    assert stack.rejected("migrate")[0] == 400
    stack.signal("confirm")
    assert stack.operation("migrate")["status"] == "COMPLETE"
    assert (stack.server().status, host(stack) != before, stack.is_unreplaced()) == ("ACTIVE", True, True)
    assert stack.attribute("resize_state")["status"] == "CONFIRMED"


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda stack: stack.signal("revert", reason="no good"), "the migration was reverted: no good"),
        (lambda _: None, "nobody confirmed it within 3 s"),
        (lambda stack: stack.update(flavor="m1.small"), "the migration was superseded by a later one"),
    ],
    ids=["by a signal", "at its deadline", "by an update"],
)
def test_a_migrated_server_is_reverted(clouds: Clouds, end: Callable[[Stack], None], reason: str) -> None:
    stack = clouds.create("goes-back")
    before = host(stack)
    other = next(each for each in _hosts(clouds) if each != before)
    given = {"timeout": 3} if "3 s" in reason else {}
    stack.signal("migrate", host=other, **given)
    assert stack.waiting_move()["goal"] == other
    end(stack)
    ended = stack.operation("migrate")
    assert (ended["status"], reason in ended["reason"]) == ("FAILED", True), ended
    if "later" in reason:
        until(stack.waiting_move, lambda row: row["operation"] == "resize")
        stack.signal("confirm")
        stack.until("UPDATE_COMPLETE")
    else:
        assert host(stack) == before
    assert (stack.server().status, stack.is_unreplaced()) == ("ACTIVE", True)


def test_a_stack_is_deleted_while_its_migrated_server_waits(clouds: Clouds) -> None:
    stack = clouds.create("leaves")
    stack.signal("migrate")
    stack.waiting_move()
    stack.delete()
    assert clouds.service.compute.find_server(stack.physical["server"]) is None


def _hosts(clouds: Clouds) -> list[str]:
    return [each.host for each in clouds.admin.compute.services(binary="nova-compute")]


def test_a_rebuild_changes_image_and_user_data_and_no_update_repeats_or_reverts_it(clouds: Clouds) -> None:
    stack = clouds.create("rebuilt")
    image = clouds.service.image.create_image(
        name="plugin-new", disk_format="raw", container_format="bare", data=b"\0" * 1024, wait=True
    )
    try:
        stack.signal("rebuild", image="plugin-new", user_data="#!/bin/new")
        assert stack.operation("rebuild")["status"] == "COMPLETE"
        _check_rebuilt(stack, image.id)
        assert not any("#!/bin/new" in reason for reason in stack.events())
        # The old template with another change does not restore the old image.
        stack.update(tcp_port=3307)
        stack.until("UPDATE_COMPLETE")
        _check_rebuilt(stack, image.id)
        # A template with the new values does not rebuild the server again.
        stack.update(image="plugin-new", user_data="#!/bin/new")
        stack.until("UPDATE_COMPLETE")
        _check_rebuilt(stack, image.id)
        assert stack.has_event("UPDATE_IN_PROGRESS", "recorded but not applied: image and user_data")
        stack.update(flavor="m1.small", rollback=True)
        stack.waiting_move()
        stack.signal("revert")
        stack.until("ROLLBACK_COMPLETE")
        _check_rebuilt(stack, image.id)
    finally:
        stack.delete()
        clouds.service.image.delete_image(image.id)


def _check_rebuilt(stack: Stack, image_id: str) -> None:
    seen = stack.clouds.admin.compute.get_server(stack.physical["server"])
    assert (seen.status, seen.image.id, actions(stack, "rebuild")) == ("ACTIVE", image_id, 1)
    assert base64.b64decode(seen.user_data) == b"#!/bin/new"
    assert stack.is_unreplaced()


def test_a_rebuild_with_user_data_alone_keeps_the_image(clouds: Clouds) -> None:
    stack = clouds.create("user-data")
    before = stack.server().image.id
    stack.signal("rebuild", user_data="#!/bin/other")
    assert stack.operation("rebuild")["status"] == "COMPLETE"
    seen = clouds.admin.compute.get_server(stack.physical["server"])
    assert (seen.image.id, base64.b64decode(seen.user_data)) == (before, b"#!/bin/other")
