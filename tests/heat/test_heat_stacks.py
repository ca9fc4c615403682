"""An unmodified Heat on the emulated cloud, with Heat's own client."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import requests
from heat_kit import HTTPNotFound, Stacks, connect, connect_real
from openstack.connection import Connection

from trove_lab.local.control import Control
from trove_lab.local.lab import Lab

COMMANDS = Path(sys.executable).parent
EXAMPLE = """
heat_template_version: 2018-08-31
parameters: {name: {type: string}}
resources: {example: {type: OS::Heat::TestResource}}
"""
"""A template with one resource, which sends no requests."""


def test_a_stack_is_created_updated_in_place_checked_and_deleted_and_leaves_nothing(stacks: Stacks) -> None:
    stack_id = stacks.create("whole-life")
    stacks.until(stack_id, "CREATE_COMPLETE")
    made = stacks.physical(stack_id)
    before = stacks.inventory()
    assert [each["status"] for each in before["servers"]] == ["ACTIVE"]
    assert {kind: len(rows) for kind, rows in before.items()} == {
        "servers": 1,
        "volumes": 1,
        "ports": 1,
        "security_groups": 1,
        # Neutron creates two of them with every group.
        "security_group_rules": 3,
        "recordsets": 1,
    }
    stacks.update(stack_id, flavor="m1.medium")
    stacks.until(stack_id, "UPDATE_COMPLETE")
    stacks.update(stack_id, size=3, tcp_ports="3306,3307")
    stacks.until(stack_id, "UPDATE_COMPLETE")
    assert stacks.physical(stack_id) == made
    after = stacks.inventory()
    assert stacks.cloud.compute.get_server(made["server"]).flavor.original_name == "m1.medium"
    assert stacks.cloud.block_storage.get_volume(made["volume"]).size == 3
    assert len(after["security_group_rules"]) == 4
    stacks.client.actions.check(stack_id)
    stacks.until(stack_id, "CHECK_COMPLETE")
    stacks.delete(stack_id)
    assert stacks.inventory() == {}


def test_a_stack_whose_server_cannot_be_scheduled_says_so(stacks: Stacks) -> None:
    stack_id = stacks.create("no-host", flavor="m1.huge")
    failed = stacks.until(stack_id, "CREATE_FAILED")
    assert "No valid host was found" in failed.stack_status_reason
    reasons = [each.resource_status_reason for each in stacks.client.events.list(stack_id, resource_name="server")]
    assert any("No valid host was found" in reason for reason in reasons)


@pytest.mark.mini_only("asks for a fault")
def test_a_refused_resize_is_undone_and_the_stack_says_so(stacks: Stacks, control: Control) -> None:
    stack_id = stacks.create("refused")
    stacks.until(stack_id, "CREATE_COMPLETE")
    control.post(
        "faults",
        {"service": "compute", "method": "POST", "path": "/servers/*/action", "contains": '"resize"', "kind": "status"}
        | {"status": 400, "times": None},
    )
    made = stacks.physical(stack_id)
    stacks.update(stack_id, flavor="m1.medium")
    failed = stacks.until(stack_id, "UPDATE_FAILED")
    assert "resources.server" in failed.stack_status_reason
    assert stacks.physical(stack_id) == made
    stacks.update(stack_id, flavor="m1.small")
    stacks.until(stack_id, "UPDATE_COMPLETE")
    assert stacks.physical(stack_id) == made


def test_an_abandoned_stack_leaves_its_resources_and_another_adopts_them(stacks: Stacks) -> None:
    stack_id = stacks.create("given")
    stacks.until(stack_id, "CREATE_COMPLETE")
    made, held = stacks.physical(stack_id), stacks.inventory()
    data = stacks.client.stacks.abandon(stack_id)
    stacks.until_gone(stack_id)
    assert stacks.inventory() == held
    adopting = {"stack_name": "taken", "template": data["template"], "adopt_stack_data": json.dumps(data)}
    adopted = str(stacks.client.stacks.create(**adopting)["stack"]["id"])
    stacks.made.append(adopted)
    stacks.until(adopted, "ADOPT_COMPLETE")
    assert stacks.physical(adopted) == made
    stacks.client.actions.check(adopted)
    stacks.until(adopted, "CHECK_COMPLETE")
    stacks.delete(adopted)
    assert stacks.inventory() == {}


@pytest.mark.mini_only("the lab's Heat keeps its state in SQLite")
def test_eight_stacks_side_by_side_do_not_lock_each_other_out(stacks: Stacks, heat_lab: Lab) -> None:
    ids = [stacks.create(f"beside-{number}") for number in range(8)]
    for stack_id in ids:
        stacks.until(stack_id, "CREATE_COMPLETE")
    for stack_id in ids:
        stacks.update(stack_id, size=2)
    for stack_id in ids:
        stacks.until(stack_id, "UPDATE_COMPLETE")
    for stack_id in ids:
        stacks.client.stacks.delete(stack_id)
    for stack_id in ids:
        stacks.until_gone(stack_id)
    assert "database is locked" not in (heat_lab.directory / "heat.log").read_text()


def test_a_guest_signals_with_a_user_of_the_stack(stacks: Stacks) -> None:
    """Source: https://docs.openstack.org/heat/latest/template_guide/openstack.html#OS::Heat::WaitConditionHandle."""
    template = """
heat_template_version: 2018-08-31
parameters: {name: {type: string}}
resources:
  handle: {type: OS::Heat::WaitConditionHandle}
  condition:
    type: OS::Heat::WaitCondition
    properties: {handle: {get_resource: handle}, timeout: 60}
outputs:
  signal: {value: {get_attr: [handle, endpoint]}}
  token: {value: {get_attr: [handle, token]}}
"""
    stack_id = stacks.create("signalled", template)
    outputs = {name: _output(stacks, stack_id, name) for name in ("signal", "token")}
    headers = {"X-Auth-Token": outputs["token"]}
    answer = requests.post(outputs["signal"], json={"status": "SUCCESS"}, headers=headers, timeout=30)
    assert answer.status_code == 200
    stacks.until(stack_id, "CREATE_COMPLETE")


def _output(stacks: Stacks, stack_id: str, name: str) -> str:
    """Return an output as soon as the handle exists."""
    deadline = time.monotonic() + 20
    while not (value := stacks.client.stacks.output_show(stack_id, name)["output"].get("output_value")):
        assert time.monotonic() < deadline, f"the stack has no output {name}"
        time.sleep(0.1)
    return str(value)


@pytest.mark.mini_only("the plug-in is one of the lab's")
def test_the_openstack_command_finds_heat_and_a_plug_in_is_a_resource_type(stacks: Stacks, heat_lab: Lab) -> None:
    example = EXAMPLE.replace("OS::Heat::TestResource", "Lab::Example")
    stacks.until(stacks.create("listed", example), "CREATE_COMPLETE")
    ended = subprocess.run(  # noqa: S603 - the clients' command
        [COMMANDS / "openstack", "--os-cloud", "trove", "stack", "list", "-f", "value", "-c", "Stack Name"],
        env={**os.environ, "OS_CLIENT_CONFIG_FILE": str(heat_lab.clouds_yaml)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stdout.split() == ["listed"], ended.stderr


@pytest.fixture
def of_demo(real_cloud: Mapping[str, Connection], request: pytest.FixtureRequest) -> Stacks:
    """Return Heat as seen by a user of another project."""
    return connect_real(real_cloud, "demo") if real_cloud else connect(request.getfixturevalue("heat_lab"), "demo")


def test_a_stack_of_another_project_is_not_shown(stacks: Stacks, of_demo: Stacks) -> None:
    stack_id = stacks.create("own", EXAMPLE)
    stacks.until(stack_id, "CREATE_COMPLETE")
    assert list(of_demo.client.stacks.list()) == []
    with pytest.raises(HTTPNotFound):
        of_demo.client.stacks.get(stack_id)
