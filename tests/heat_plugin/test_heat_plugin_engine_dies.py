"""The engine is killed while a server waits: nobody watches it any more, and whoever comes can decide."""

import pytest
from heat_plugin_kit import Clouds, MiniHeat, Stack

pytestmark = pytest.mark.mini_only(reason="its Heat is started for the test")


@pytest.fixture
def stack(clouds: Clouds, mini: MiniHeat) -> Stack:
    """A stack whose server waits, with an engine that has just been started."""
    made = clouds.create("killed")
    made.update(flavor="m1.small", rollback=True)
    made.gate()
    mini.kill_heat()
    assert made.until("UPDATE_IN_PROGRESS").stack_status == "UPDATE_IN_PROGRESS"
    return made


def test_the_deadline_can_be_read_and_cancelling_the_update_takes_the_resize_back(stack: Stack, clouds: Clouds) -> None:
    seen = stack.attribute("resize_state")
    assert (seen["status"], seen["server_status"]) == ("WAITING", "VERIFY_RESIZE")
    assert seen["deadline"].endswith("Z")
    clouds.heat.actions.cancel_update(stack.id)
    stack.until("ROLLBACK_COMPLETE")
    assert (stack.flavor(), stack.server().status, stack.is_whole()) == ("m1.tiny", "ACTIVE", True)


def test_the_old_template_takes_the_resize_back(stack: Stack) -> None:
    stack.update(flavor="m1.tiny")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.server().status, stack.is_whole()) == ("m1.tiny", "ACTIVE", True)


def test_the_same_template_takes_the_resize_over_with_a_new_deadline(stack: Stack) -> None:
    first = stack.attribute("resize_state")
    stack.update(flavor="m1.small")
    stack.until("UPDATE_IN_PROGRESS")
    while (seen := stack.gate())["id"] == first["id"]:
        pass
    stack.signal("confirm")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.is_whole(), seen["deadline"] >= first["deadline"]) == ("m1.small", True, True)


def test_a_signal_decides_and_the_matching_template_completes_the_stack(stack: Stack) -> None:
    stack.signal("confirm")
    assert stack.operation("confirm")["status"] == "COMPLETE"
    assert stack.attribute("resize_state")["status"] == "CONFIRMED"
    stack.update(flavor="m1.small")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.is_whole()) == ("m1.small", True)


def test_a_stack_is_deleted(stack: Stack) -> None:
    stack.delete()
    assert stack.clouds.service.compute.find_server(stack.physical["server"]) is None


def test_a_migrated_server_goes_back_by_a_signal_and_its_stack_is_still_complete(
    clouds: Clouds, mini: MiniHeat
) -> None:
    stack = clouds.create("killed-away")
    stack.signal("migrate")
    stack.gate()
    mini.kill_heat()
    assert stack.attribute("operations")["migrate"]["status"] == "IN_PROGRESS"
    stack.signal("revert", reason="the engine died")
    assert stack.operation("revert")["status"] == "COMPLETE"
    seen = stack.attribute("resize_state")
    assert (seen["status"], seen["reason"], seen["server_status"]) == ("REVERTED", "the engine died", "ACTIVE")
    assert (stack.until("CREATE_COMPLETE").stack_status, stack.is_whole()) == ("CREATE_COMPLETE", True)
