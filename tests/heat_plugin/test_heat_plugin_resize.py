"""A flavor change waits for a decision."""

import json
from typing import Any

import pytest
import yaml
from heat_plugin_kit import TEMPLATE, Clouds, MiniHeat, Stack, until


def waiting(clouds: Clouds, name: str, **given: Any) -> Stack:
    """Return a stack whose server waits on a larger flavor."""
    stack = clouds.create(name)
    stack.update(flavor="m1.small", **given)
    stack.waiting_move()
    return stack


def actions(stack: Stack, name: str) -> int:
    """Return how many actions of this name Nova lists for the server."""
    return [row.action for row in stack.clouds.service.compute.server_actions(stack.physical["server"])].count(name)


def test_a_flavor_change_waits_at_verify_resize_until_it_is_confirmed(clouds: Clouds) -> None:
    stack = waiting(clouds, "confirmed")
    seen = stack.attribute("resize_state")
    assert (seen["operation"], seen["server_status"]) == ("resize", "VERIFY_RESIZE")
    assert stack.has_event("UPDATE_IN_PROGRESS", f"within 60 s (by {seen['deadline']}) it is reverted")
    stack.signal("confirm", id="mine")
    stack.until("UPDATE_COMPLETE")
    assert stack.flavor() == "m1.small"
    assert stack.is_unreplaced()
    assert stack.operation("confirm")["id"] == "mine"
    assert stack.attribute("resize_state")["status"] == "CONFIRMED"
    assert stack.volume().status == "in-use"


def test_a_reverted_resize_fails_the_update_with_the_senders_reason_and_the_old_template_is_complete_at_once(
    clouds: Clouds,
) -> None:
    stack = waiting(clouds, "reverted")
    stack.signal("revert", reason="the database did not start")
    failed = stack.until("UPDATE_FAILED")
    assert "the resize was reverted: the database did not start" in failed.stack_status_reason
    assert (stack.flavor(), stack.attribute("resize_state")["status"]) == ("m1.tiny", "REVERTED")
    stack.update(flavor="m1.tiny")
    stack.until("UPDATE_COMPLETE")
    assert actions(stack, "resize") == 1
    stack.update(flavor="m1.small")
    stack.waiting_move()
    stack.signal("confirm")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.is_unreplaced()) == ("m1.small", True)


def test_a_reverted_resize_is_rolled_back_without_touching_the_server_again(clouds: Clouds) -> None:
    stack = clouds.create("rolled-back")
    stack.update(flavor="m1.small", rollback=True)
    stack.waiting_move()
    stack.signal("revert")
    stack.until("ROLLBACK_COMPLETE")
    assert (stack.flavor(), stack.is_unreplaced(), actions(stack, "resize")) == ("m1.tiny", True, 1)


def test_a_resize_without_a_decision_is_reverted_at_its_deadline(clouds: Clouds) -> None:
    stack = clouds.create("deadline")
    stack.update(flavor="m1.small", resize_timeout=2)
    failed = stack.until("UPDATE_FAILED")
    assert "nobody confirmed it within 2 s" in failed.stack_status_reason
    assert (stack.flavor(), stack.server().status, stack.is_unreplaced()) == ("m1.tiny", "ACTIVE", True)


def test_a_resize_without_a_valid_host_fails_at_once_with_novas_message(clouds: Clouds) -> None:
    stack = clouds.create("no-host")
    stack.update(flavor="m1.huge")
    failed = stack.until("UPDATE_FAILED", seconds=30)
    assert "Nova could not complete the resize: No valid host was found" in failed.stack_status_reason
    stack.update(flavor="m1.tiny")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.is_unreplaced()) == ("m1.tiny", True)


def test_an_unknown_flavor_is_rejected_by_nova(clouds: Clouds) -> None:
    stack = clouds.create("no-flavor")
    stack.update(flavor="m1.nowhere")
    assert "Nova rejected the resize: " in stack.until("UPDATE_FAILED").stack_status_reason
    assert (stack.flavor(), stack.is_unreplaced()) == ("m1.tiny", True)


def test_an_update_to_the_old_flavor_reverts_a_waiting_resize(clouds: Clouds) -> None:
    stack = waiting(clouds, "back")
    stack.update(flavor="m1.tiny")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.is_unreplaced(), actions(stack, "resize")) == ("m1.tiny", True, 1)


def test_an_update_to_a_third_flavor_takes_over(clouds: Clouds) -> None:
    stack = waiting(clouds, "third")
    first = stack.attribute("resize_state")["id"]
    stack.update(flavor="m1.medium")
    until(lambda: stack.attribute("resize_state"), lambda row: row["id"] != first and row["status"] == "WAITING")
    stack.signal("confirm")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.is_unreplaced()) == ("m1.medium", True)


def test_a_cancelled_update_reverts_a_waiting_resize(clouds: Clouds) -> None:
    stack = waiting(clouds, "cancelled", rollback=True)
    clouds.heat.actions.cancel_update(stack.id)
    stack.until("ROLLBACK_COMPLETE")
    assert (stack.flavor(), stack.is_unreplaced()) == ("m1.tiny", True)


def test_an_update_cancelled_without_rollback_leaves_the_server_waiting_until_the_old_template_comes(
    clouds: Clouds,
) -> None:
    stack = waiting(clouds, "left")
    clouds.heat.actions.cancel_without_rollback(stack.id)
    stack.until("UPDATE_FAILED")
    assert stack.waiting_move()["server_status"] == "VERIFY_RESIZE"
    stack.update(flavor="m1.tiny")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.server().status, stack.is_unreplaced()) == ("m1.tiny", "ACTIVE", True)


@pytest.mark.parametrize(
    ("decide", "status", "flavor"),
    [("confirm_server_resize", "UPDATE_COMPLETE", "m1.small"), ("revert_server_resize", "UPDATE_FAILED", "m1.tiny")],
)
def test_a_decision_made_in_nova_is_seen(clouds: Clouds, decide: str, status: str, flavor: str) -> None:
    stack = waiting(clouds, "in-nova")
    getattr(clouds.service.compute, decide)(stack.physical["server"])
    stack.until(status)
    assert (stack.flavor(), stack.is_unreplaced()) == (flavor, True)


def test_a_stack_is_deleted_while_its_server_waits(clouds: Clouds) -> None:
    stack = waiting(clouds, "deleted")
    stack.delete()
    assert clouds.service.compute.find_server(stack.physical["server"]) is None
    assert clouds.service.block_storage.find_volume(stack.physical["volume"]) is None


@pytest.mark.timeout(240)
def test_when_the_stack_times_out_a_waiting_resize_is_reverted(clouds: Clouds) -> None:
    """The shortest timeout of a stack is a minute."""
    stack = waiting(clouds, "timeout", resize_timeout=600, minutes=1)
    assert "Timed out" in stack.until("UPDATE_FAILED", seconds=120).stack_status_reason
    assert stack.attribute("resize_state")["reason"] == "the update was cancelled or timed out"
    assert (stack.flavor(), stack.server("ACTIVE").status, stack.is_unreplaced()) == ("m1.tiny", "ACTIVE", True)
    stack.update(flavor="m1.tiny", minutes=10)
    stack.until("UPDATE_COMPLETE")


def test_a_rollback_resizes_back_and_confirms_by_itself(clouds: Clouds) -> None:
    stack = clouds.create("by-itself")
    template = yaml.safe_load(TEMPLATE)
    second = {"image": "guest", "flavor": "m1.huge", "networks": [{"allocate_network": "none"}]}
    template["resources"]["second"] = {"type": "OS::Nova::Server", "depends_on": "server", "properties": second}
    stack.update(json.dumps(template, default=str), flavor="m1.small", rollback=True)
    stack.waiting_move()
    stack.signal("confirm")
    stack.until("ROLLBACK_COMPLETE")
    assert (stack.flavor(), stack.is_unreplaced(), actions(stack, "resize")) == ("m1.tiny", True, 2)
    assert stack.server().status == "ACTIVE"


RESIZE = {"service": "compute", "method": "POST", "path": "/servers/*/action", "contains": '"resize"'}


@pytest.mark.mini_only(reason="its control API")
def test_a_lost_response_does_not_resize_twice(clouds: Clouds, mini: MiniHeat) -> None:
    stack = clouds.create("lost")
    mini.control("POST", "faults", {**RESIZE, "kind": "lose_answer"})
    stack.update(flavor="m1.small")
    stack.waiting_move()
    stack.signal("confirm")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), actions(stack, "resize")) == ("m1.small", 1)


@pytest.mark.mini_only(reason="its control API")
def test_an_unavailable_nova_is_retried_a_limited_number_of_times(clouds: Clouds, mini: MiniHeat) -> None:
    stack = clouds.create("again")
    mini.control("POST", "faults", {**RESIZE, "kind": "status", "status": 503, "times": 2})
    stack.update(flavor="m1.small")
    stack.waiting_move()
    mini.control("POST", "faults", {"service": "compute", "method": "GET", "kind": "status", "status": 503, "times": 3})
    stack.until("UPDATE_IN_PROGRESS")
    until(lambda: mini.control("GET", "faults")["faults"][-1]["met"], lambda met: met == 3)
    stack.signal("confirm")
    stack.until("UPDATE_COMPLETE")
    mini.control("POST", "faults", {**RESIZE, "kind": "status", "status": 503, "times": None})
    stack.update(flavor="m1.medium")
    assert "Nova rejected the resize" in stack.until("UPDATE_FAILED").stack_status_reason
    assert (stack.flavor(), stack.is_unreplaced()) == ("m1.small", True)


@pytest.mark.mini_only(reason="its control API")
def test_a_server_in_error_after_a_resize_is_kept_and_can_be_recovered_and_resized(
    clouds: Clouds, mini: MiniHeat
) -> None:
    stack = clouds.create("in-error")
    mini.control("POST", "faults", {**RESIZE, "kind": "error_later"})
    stack.update(flavor="m1.small", rollback=True)
    failed = stack.until("ROLLBACK_FAILED")
    assert "the server is in ERROR" in failed.stack_status_reason
    stack.update(flavor="m1.tiny")
    assert "the server is in ERROR" in stack.until("UPDATE_FAILED", seconds=20).stack_status_reason
    assert (stack.is_unreplaced(), stack.volume().status) == (True, "attaching")
    stack.signal("recover")
    assert stack.operation("recover")["status"] == "COMPLETE"
    assert (stack.server().status, stack.volume().status) == ("ACTIVE", "in-use")
    stack.update(flavor="m1.tiny")
    stack.until("UPDATE_COMPLETE")
    stack.update(flavor="m1.small")
    stack.waiting_move()
    stack.signal("confirm")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.is_unreplaced()) == ("m1.small", True)
