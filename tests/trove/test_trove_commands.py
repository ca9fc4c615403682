"""What the command shows to operators while a task runs, and after it failed."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from deployment import Deployment, Open

from cli.conftest import Command, command  # noqa: F401 - a fixture

Shown = Callable[..., Any]
BUILD = 1.5
"""How many seconds a slow server takes."""


@pytest.fixture(scope="module")
def patient(open_lab: Open) -> Iterator[Deployment]:
    """Trove with timeouts that leave time to look at a slow server."""
    with open_lab(options={"DEFAULT": {"usage_timeout": "100"}}) as started:
        yield started


@pytest.fixture
def shown(patient: Deployment, command: Command) -> Shown:  # noqa: F811 - a fixture
    """Return a function that runs the command with Trove's configuration, as on its host, and returns its JSON."""
    directory = patient.lab.directory

    def run(*arguments: str) -> Any:
        config = ("--config-file", f"{directory}/trove.conf", "--config-dir", f"{directory}/trove.conf.d")
        ended = command(*arguments, *config, "-f", "json")
        assert (ended.code, ended.err) == (0, "")
        return json.loads(ended.out)

    return run


def until_nothing_runs(shown: Shown, instance_id: str) -> None:
    """Return once the end of the task is logged. Users see it a moment earlier."""
    while shown("task", "list", "--running", "--instance", instance_id):
        pass


def create_slowly(trove: Deployment, name: str, seconds: float) -> tuple[str, str]:
    """Create an instance whose server takes this long, and return both ids once there is a server."""
    trove.lab.control.post("durations", {"server.build": seconds})
    instance_id = trove.create(name)
    record = trove.until_record(instance_id, lambda seen: seen.server_id is not None)
    assert record.server_id is not None
    return instance_id, record.server_id


def test_the_command_shows_what_a_create_waits_for_and_then_why_it_failed(patient: Deployment, shown: Shown) -> None:
    instance_id, server_id = create_slowly(patient, "never", 3600)
    while not (instance := shown("instance", "show", instance_id))["waiting_for"]:
        pass
    assert (instance["id"], instance["engine"], instance["task_status"]) == (instance_id, "native", "BUILDING")
    assert (instance["running_task"]["operation"], instance["last_failure"]) == ("create", None)
    (wait,) = instance["waiting_for"]
    assert server_id in wait["what"]
    assert instance["running_task"]["began"] <= wait["since"]
    assert [(server["id"], server["status"]) for server in instance["servers"]] == [(server_id, "BUILD")]
    assert [volume["id"] for volume in instance["volumes"]] == [instance["volume_id"]]
    assert (len(instance["ports"]), len(instance["security_groups"])) == (2, 1)
    (listed,) = shown("instance", "list", "--running")
    assert (listed["id"], listed["running_task"], listed["waiting_for"][0]["what"]) == (
        instance_id,
        "create",
        wait["what"],
    )
    patient.admin.compute.post(f"/servers/{server_id}/action", json={"os-resetState": {"state": "error"}})
    patient.until_failed(instance_id, "was not created")
    until_nothing_runs(shown, instance_id)
    failed = shown("instance", "show", instance_id)
    assert (failed["task_status"], failed["running_task"], failed["waiting_for"]) == ("Build error: Server.", None, [])
    assert (failed["last_failure"]["operation"], failed["last_failure"]["state"]) == ("create", "failed")
    assert failed["last_failure"]["task"] == instance["running_task"]["task"]
    assert f"server {server_id} is ERROR" in failed["last_failure"]["error"]
    assert failed["fault"]["message"].startswith("The instance was not created.")
    assert (failed["servers"], failed["volumes"], failed["ports"]) == ([], [], [])
    assert [row["id"] for row in shown("instance", "list", "--failed")] == [instance_id]
    task = shown("task", "show", failed["last_failure"]["task"])
    assert {step["state"] for step in task["steps"]} == {"done", "failed", "undone"}


def test_the_command_shows_the_seconds_of_each_step_of_a_completed_create(patient: Deployment, shown: Shown) -> None:
    instance_id, _ = create_slowly(patient, "slow", BUILD)
    patient.until_settled(instance_id)
    until_nothing_runs(shown, instance_id)
    (done,) = shown("task", "list", "--instance", instance_id)
    assert (done["operation"], done["state"], done["error"], done["waiting_for"]) == ("create", "done", None, [])
    steps = {step["name"]: step["seconds"] for step in done["steps"]}
    assert all(seconds is not None for seconds in steps.values())
    assert {step["state"] for step in done["steps"]} == {"done"}
    assert max(steps.values()) >= BUILD / 2
    assert max(steps, key=lambda name: steps[name]).startswith("provision/server/")
    assert done["seconds"] >= max(steps.values())
    instance = shown("instance", "show", instance_id)
    assert (instance["guest"]["status"], instance["hostname"]) == ("healthy", instance["dns_names"][0])
    assert [server["status"] for server in instance["servers"]] == ["ACTIVE"]
    assert instance["last_failure"] is None
