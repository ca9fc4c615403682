"""Neither failures nor changes nor other types replace a resource, and a volume never shrinks."""

import json
from typing import Any

import pytest
import yaml
from heat_plugin_kit import ENVIRONMENT, TEMPLATE, Clouds, MiniHeat, Stack, until


def changed(resource: str, **properties: Any) -> str:
    """Return the template with changed properties of a resource."""
    template = yaml.safe_load(TEMPLATE)
    template["resources"][resource]["properties"].update(properties)
    return json.dumps(template, default=str)


@pytest.mark.parametrize("environment", [ENVIRONMENT, {"parameters": {}}], ids=["restricted", "free"])
@pytest.mark.parametrize(
    ("resource", "properties"),
    [
        ("server", {"key_name": "another"}),
        ("server", {"config_drive": True}),
        ("server", {"block_device_mapping_v2": []}),
        ("volume", {"availability_zone": "elsewhere"}),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else each,
)
def test_a_replacing_change_is_rejected_by_name_and_the_next_update_works(
    clouds: Clouds, resource: str, properties: dict[str, Any], environment: dict[str, Any]
) -> None:
    stack = clouds.create("fixed")
    stack.update(changed(resource, **properties), environment=environment)
    failed = stack.until("UPDATE_FAILED")
    assert f"{next(iter(properties))} cannot change: {stack.physical[resource]}" in failed.stack_status_reason
    assert stack.has_event("UPDATE_FAILED", "would have to be replaced", name=resource)
    assert stack.is_unreplaced()
    stack.update(tcp_port=3307)
    stack.until("UPDATE_COMPLETE")
    assert stack.is_unreplaced()


def test_another_type_is_rejected(clouds: Clouds) -> None:
    stack = clouds.create("type")
    stock = TEMPLATE.replace("Trove::Nova::Server", "OS::Nova::Server")
    stock = stock.replace("      resize_timeout: {get_param: resize_timeout}\n", "")
    stack.update(stock, environment={"parameters": {}})
    assert "its type cannot change" in stack.until("UPDATE_FAILED").stack_status_reason
    stack.update()
    stack.until("UPDATE_COMPLETE")
    assert stack.is_unreplaced()


@pytest.mark.parametrize("name", ["server", "volume"])
def test_a_resource_marked_unhealthy_is_healthy_after_an_update(clouds: Clouds, name: str) -> None:
    stack = clouds.create("unhealthy")
    clouds.heat.resources.mark_unhealthy(stack.id, name, mark_unhealthy=True, resource_status_reason="the test")
    assert stack.resource(name).resource_status == "CHECK_FAILED"
    stack.update(environment={"parameters": {}})
    stack.until("UPDATE_COMPLETE")
    assert stack.is_unreplaced()


def test_a_deleted_server_is_reported_and_not_replaced(clouds: Clouds) -> None:
    stack = clouds.create("gone")
    clouds.service.compute.delete_server(stack.physical["server"])
    until(lambda: clouds.service.compute.find_server(stack.physical["server"]), lambda found: found is None)
    clouds.heat.actions.check(stack.id)
    stack.until("CHECK_FAILED")
    stack.update(environment={"parameters": {}})
    assert "could not be found" in stack.until("UPDATE_FAILED").stack_status_reason
    assert stack.is_unreplaced()


def test_a_server_that_was_never_active_is_not_recreated(clouds: Clouds) -> None:
    stack = clouds.begin("never", flavor="m1.huge")
    assert "No valid host" in stack.until("CREATE_FAILED").stack_status_reason
    stack.physical = clouds.physical(stack.id)
    stack.update(environment={"parameters": {}}, flavor="m1.tiny")
    assert "the server is in ERROR" in stack.until("UPDATE_FAILED").stack_status_reason
    assert stack.is_unreplaced()


def test_a_stack_adopts_a_server_and_its_resize_waits(clouds: Clouds) -> None:
    first = clouds.create("given")
    data = clouds.heat.stacks.abandon(first.id)
    until(lambda: [row.id for row in clouds.heat.stacks.list()], lambda ids: first.id not in ids)
    stack = clouds.adopt("taken", data)
    assert stack.physical == first.physical
    clouds.heat.actions.check(stack.id)
    stack.until("CHECK_COMPLETE")
    stack.update(flavor="m1.small")
    stack.waiting_move()
    stack.signal("confirm")
    stack.until("UPDATE_COMPLETE")
    assert (stack.flavor(), stack.is_unreplaced()) == ("m1.small", True)
    stack.signal("reboot")
    assert stack.operation("reboot")["status"] == "COMPLETE"


def test_a_volume_grows_in_use_and_is_never_shrunk(clouds: Clouds) -> None:
    stack = clouds.create("grown")
    stack.update(size=2)
    stack.until("UPDATE_COMPLETE")
    assert (stack.volume().size, stack.volume().status) == (2, "in-use")
    stack.update(size=1)
    assert "shrinking a volume from 2 GB to 1 GB is not supported" in stack.until("UPDATE_FAILED").stack_status_reason
    stack.update(size=2)
    stack.until("UPDATE_COMPLETE")
    assert (stack.volume().size, stack.is_unreplaced()) == (2, True)


def test_a_rollback_keeps_the_larger_volume_and_the_larger_size_then_completes_at_once(clouds: Clouds) -> None:
    stack = clouds.create("stays")
    template = yaml.safe_load(TEMPLATE)
    second = {"image": "guest", "flavor": "m1.huge", "networks": [{"allocate_network": "none"}]}
    template["resources"]["second"] = {"type": "OS::Nova::Server", "depends_on": "server", "properties": second}
    stack.update(json.dumps(template, default=str), size=2, rollback=True)
    stack.until("ROLLBACK_COMPLETE")
    assert stack.has_event("UPDATE_IN_PROGRESS", "the volume stays at 2 GB", name="volume")
    assert (stack.volume().size, stack.is_unreplaced()) == (2, True)
    stack.update(size=2)
    stack.until("UPDATE_COMPLETE")
    assert (stack.volume().size, stack.is_unreplaced()) == (2, True)


@pytest.mark.mini_only(reason="its control API")
def test_a_volume_that_cannot_be_extended_fails_updates_until_it_is_reset(clouds: Clouds, mini: MiniHeat) -> None:
    stack = clouds.create("stuck")
    fault = {"service": "volume", "path": "/volumes/*/action", "contains": "os-extend", "kind": "error_later"}
    mini.control("POST", "faults", fault)
    stack.update(size=2, environment={"parameters": {}})
    stack.until("UPDATE_FAILED")
    _fails(stack, 1, "it is left unchanged")
    _fails(stack, 2, "it must be available or in-use to grow")
    clouds.admin.block_storage.reset_volume_status(stack.physical["volume"], "in-use", None, None)
    stack.update(size=2)
    stack.until("UPDATE_COMPLETE")
    assert (stack.volume().size, stack.is_unreplaced()) == (2, True)


@pytest.mark.mini_only(reason="its control API")
def test_a_rejected_size_is_retried_by_the_same_template(clouds: Clouds, mini: MiniHeat) -> None:
    stack = clouds.create("again")
    fault = {"service": "volume", "path": "/volumes/*/action", "contains": "os-extend", "kind": "status", "status": 400}
    mini.control("POST", "faults", fault)
    stack.update(size=2, environment={"parameters": {}})
    stack.until("UPDATE_FAILED")
    assert stack.volume().size == 1
    stack.update(size=2, environment={"parameters": {}})
    stack.until("UPDATE_COMPLETE")
    assert (stack.volume().size, stack.is_unreplaced()) == (2, True)


def _fails(stack: Stack, size: int, reason: str) -> None:
    stack.update(size=size, environment={"parameters": {}})
    assert reason in stack.until("UPDATE_FAILED").stack_status_reason
    assert stack.is_unreplaced()
