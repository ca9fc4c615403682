"""The engine is killed while a server waits: the resize is orphaned, and any client can decide it."""

import pytest
from heat_plugin_kit import Clouds, MiniHeat, Stack

pytestmark = pytest.mark.mini_only(reason="restarts Heat")


@pytest.fixture
def stack(clouds: Clouds, mini: MiniHeat) -> Stack:
    """A stack whose server waits, after a restart of the engine."""
    created = clouds.create("killed")
    created.update(flavor="m1.small", rollback=True)
    created.waiting_move()
    mini.kill_heat()
    assert created.until("UPDATE_IN_PROGRESS").stack_status == "UPDATE_IN_PROGRESS"
    return created


def test_the_deadline_can_be_read_and_cancelling_the_update_reverts_the_resize(stack: Stack, clouds: Clouds) -> None:
    seen = stack.attribute("resize_state")
    assert (seen["status"], seen["server_status"]) == ("WAITING", "VERIFY_RESIZE")
    assert seen["deadline"].endswith("Z")
    clouds.heat.actions.cancel_update(stack.id)
    stack.until("ROLLBACK_COMPLETE")
    assert (stack.flavor(), stack.server().status, stack.is_unreplaced()) == ("m1.tiny", "ACTIVE", True)


def test_the_old_template_reverts_the_resize(stack: Stack) -> None:
    stack.update(flavor="m1.tiny")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.server().status, stack.is_unreplaced()) == ("m1.tiny", "ACTIVE", True)


def test_the_same_template_takes_the_resize_over_with_a_new_deadline(stack: Stack) -> None:
    first = stack.attribute("resize_state")
    stack.update(flavor="m1.small")
    stack.until("UPDATE_IN_PROGRESS")
    while (seen := stack.waiting_move())["id"] == first["id"]:
        pass
    stack.signal("confirm")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.is_unreplaced(), seen["deadline"] >= first["deadline"]) == ("m1.small", True, True)


def test_a_signal_decides_and_the_matching_template_completes_the_stack(stack: Stack) -> None:
    stack.signal("confirm")
    assert stack.operation("confirm")["status"] == "COMPLETE"
    assert stack.attribute("resize_state")["status"] == "CONFIRMED"
    stack.update(flavor="m1.small")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.is_unreplaced()) == ("m1.small", True)


def test_a_stack_is_deleted(stack: Stack) -> None:
    stack.delete()
    assert stack.clouds.service.compute.find_server(stack.physical["server"]) is None


def test_a_migration_is_reverted_by_a_signal_and_the_stack_stays_complete(clouds: Clouds, mini: MiniHeat) -> None:
    stack = clouds.create("killed-away")
    stack.signal("migrate")
    stack.waiting_move()
    mini.kill_heat()
    assert stack.attribute("operations")["migrate"]["status"] == "IN_PROGRESS"
    stack.signal("revert", reason="the engine died")
    assert stack.operation("revert")["status"] == "COMPLETE"
    seen = stack.attribute("resize_state")
    assert (seen["status"], seen["reason"], seen["server_status"]) == ("REVERTED", "the engine died", "ACTIVE")
    assert (stack.until("CREATE_COMPLETE").stack_status, stack.is_unreplaced()) == ("CREATE_COMPLETE", True)
