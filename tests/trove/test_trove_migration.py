"""A running Trove is moved from its own task manager to ours, with its instances."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from deployment import PLUG_IN, Deployment, Open

from trove_lab.local.managers import HEAT_WITH_PLUGIN
from trove_resources.markers import resource_name

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def upgraded(open_lab: Open) -> Iterator[tuple[Deployment, dict[str, str]]]:
    """Trove, upgraded as described in the documentation, and its instances by what provisioned them."""
    longer = {f"{name}_time_out": "20" for name in ("server_delete", "volume", "reboot", "resize", "revert")}
    with open_lab("stock", options={"DEFAULT": longer}, columns=False, heat=HEAT_WITH_PLUGIN) as trove:
        ids = {"stock": trove.create("by-stock"), "stock-too": trove.create("by-stock-too")}
        trove.until_settled(*ids.values())
        db_upgrade(trove)
        # Stock Trove keeps working with the additional columns.
        trove.resize(ids["stock"], "m1.medium")
        trove.until_settled(ids["stock"])
        trove.lab.restart_trove(manager="native")
        ids["native"] = trove.create("by-native")
        trove.until_settled(ids["native"])
        trove.lab.restart_trove(manager="migration")
        ids["heat"], ids["heat-too"] = trove.create("by-heat"), trove.create("by-heat-too")
        trove.until_settled(ids["heat"], ids["heat-too"])
        yield trove, ids


@pytest.fixture
def trove(upgraded: tuple[Deployment, dict[str, str]]) -> Iterator[Deployment]:
    """The same deployment. Faults are removed after each test."""
    yield upgraded[0]
    upgraded[0].calm()


@pytest.fixture
def ids(upgraded: tuple[Deployment, dict[str, str]]) -> dict[str, str]:
    return upgraded[1]


def db_upgrade(trove: Deployment) -> None:
    """Run the command with the Trove configuration of the lab."""
    conf = trove.lab.directory
    command = [str(Path(sys.executable).with_name("trove-resources")), "--config-file", str(conf / "trove.conf")]
    subprocess.run([*command, "db", "upgrade"], check=True, capture_output=True, text=True)  # noqa: S603 - ours


def stacks_of(trove: Deployment, instance_id: str) -> list[str]:
    """Return the stacks of an instance."""
    found = trove.service.orchestration.get("/stacks", params={"name": resource_name(instance_id)}).json()["stacks"]
    # Heat lists a deleted stack for a moment.
    return [row["id"] for row in found if row["stack_status"] != "DELETE_COMPLETE"]


def write(trove: Deployment, instance_id: str, **columns: str | None) -> None:
    """Change an instance's row, as an operator would by hand."""
    assigned = ", ".join(f"{name} = ?" for name in columns)
    with closing(sqlite3.connect(trove.lab.trove_database, timeout=30)) as connection, connection:
        connection.execute(f"update instances set {assigned} where id = ?", (*columns.values(), instance_id))  # noqa: S608 - names of ours


def test_old_instances_stay_native_and_new_ones_are_stacks(trove: Deployment, ids: dict[str, str]) -> None:
    engines = {name: trove.record(instance_id).engine for name, instance_id in ids.items()}
    assert engines == {
        "stock": None,
        "stock-too": None,
        "native": "native",
        "heat": "orchestrator",
        "heat-too": "orchestrator",
    }
    for name, flavor in (("stock", "m1.small"), ("native", "m1.medium"), ("heat", "m1.medium")):
        trove.resize(ids[name], flavor)
    for record in trove.until_settled(ids["stock"], ids["native"], ids["heat"]):
        assert record.fault is None
    for name in ("stock", "native", "heat"):
        trove.reboot(ids[name])
    trove.until_settled(ids["stock"], ids["native"], ids["heat"])
    for name in ("stock-too", "heat-too"):
        trove.grow(ids[name], 2)
    assert [each.volume_size for each in trove.until_settled(ids["stock-too"], ids["heat-too"])] == [2, 2]
    assert {name: len(stacks_of(trove, instance_id)) for name, instance_id in ids.items()} == {
        "stock": 0,
        "stock-too": 0,
        "native": 0,
        "heat": 1,
        "heat-too": 1,
    }


def test_a_replica_is_a_stack_whichever_engine_owns_its_source(trove: Deployment, ids: dict[str, str]) -> None:
    of_source = dict.fromkeys(("flavor_id", "volume", "datastore", "datastore_version"))
    trove.send("across", **of_source, replica_of=ids["stock-too"])
    (replica,) = trove.replicas_of(ids["stock-too"])
    trove.until_settled(replica)
    assert trove.record(replica).engine == "orchestrator"
    trove.delete(replica)


def test_native_instances_work_while_heat_is_down(trove: Deployment, ids: dict[str, str]) -> None:
    trove.fault(kind="status", service="orchestration", status=503, times=None)
    trove.reboot(ids["native"])
    (record,) = trove.until_settled(ids["native"])
    assert record.fault is None
    trove.reboot(ids["heat"])
    trove.until_faulted(ids["heat"], "Heat: ")
    trove.calm()
    trove.reboot(ids["heat"])
    trove.until_settled(ids["heat"])


def test_instances_of_heat_work_while_the_native_engine_cannot(trove: Deployment, ids: dict[str, str]) -> None:
    # Only the plug-in's requests are rejected: Heat talks to Nova by itself.
    trove.fault(kind="status", service="compute", user_agent=PLUG_IN, status=503, times=None)
    trove.reboot(ids["heat-too"])
    trove.until_settled(ids["heat-too"])
    trove.reboot(ids["stock-too"])
    trove.until_faulted(ids["stock-too"], "Nova: ")
    trove.calm()
    trove.reboot(ids["stock-too"])
    trove.until_settled(ids["stock-too"])


def test_an_unknown_engine_is_rejected_and_named(trove: Deployment, ids: dict[str, str]) -> None:
    write(trove, ids["stock"], provisioning_engine="abacus")
    trove.reboot(ids["stock"])
    trove.until_faulted(ids["stock"], "provisioned by the engine abacus")
    write(trove, ids["stock"], provisioning_engine=None)


def test_a_row_that_contradicts_a_stack_is_rejected(trove: Deployment, ids: dict[str, str]) -> None:
    stack = stacks_of(trove, ids["heat-too"])[0]
    write(trove, ids["heat-too"], provisioning_engine="native")
    trove.reboot(ids["heat-too"])
    trove.until_faulted(ids["heat-too"], "the row says native. One of them is wrong")
    write(trove, ids["heat-too"], provisioning_engine="orchestrator", stack_id="another")
    trove.reboot(ids["heat-too"])
    trove.until_faulted(ids["heat-too"], f"names the stack another, Heat has {stack}")
    write(trove, ids["heat-too"], stack_id=stack)
    trove.reboot(ids["heat-too"])
    trove.until_settled(ids["heat-too"])


def test_going_back_to_native_leaves_instances_of_heat_untouched(trove: Deployment, ids: dict[str, str]) -> None:
    """A wrong order of steps only causes an error message: the instance is unchanged, and cannot be deleted either."""
    trove.lab.restart_trove(manager="native")
    trove.reboot(ids["heat"])
    trove.until_faulted(ids["heat"], "set resource_manager to a manager of orchestrator")
    before = trove.rows_of(ids["heat"])
    trove.client.instances.delete(ids["heat"])
    trove.until_failed(ids["heat"], "provisioned by the engine orchestrator")
    assert trove.rows_of(ids["heat"]) == before
    trove.reboot(ids["native"])
    trove.until_settled(ids["native"])
    trove.lab.restart_trove(manager="migration")
    trove.delete(ids["heat"])
    assert not stacks_of(trove, ids["heat"])


def test_a_stock_task_manager_manages_the_server_of_a_stack_as_its_own(trove: Deployment, ids: dict[str, str]) -> None:
    """Nothing prevents it: stock Trove does not know our columns. An empty stack is left, and Heat can delete it."""
    trove.lab.restart_trove(manager="stock")
    small, medium = trove.record(ids["heat-too"]).flavor_id, trove.flavor("m1.medium")
    trove.resize(ids["heat-too"], "m1.medium")
    trove.until_settled(ids["heat-too"])
    trove.lab.restart_trove(manager="migration")
    # The template of the stack still has the old flavor.
    trove.resize(ids["heat-too"], trove.flavor_name(small))
    assert [each.flavor_id for each in trove.until_settled(ids["heat-too"])] == [small] != [medium]
    assert trove.server_of(ids["heat-too"])["flavor"]["original_name"] == trove.flavor_name(small)
    trove.lab.restart_trove(manager="stock")
    trove.client.instances.delete(ids["heat-too"])
    trove.until_deleted(ids["heat-too"])
    trove.lab.restart_trove(manager="migration")
    (stack,) = stacks_of(trove, ids["heat-too"])
    trove.service.orchestration.delete(f"/stacks/{resource_name(ids['heat-too'])}/{stack}")
    trove.until_so(lambda: not stacks_of(trove, ids["heat-too"]))
    trove.until_gone_without_a_trace(ids["heat-too"])


def test_all_are_deleted_and_nothing_is_left(trove: Deployment, ids: dict[str, str]) -> None:
    trove.delete(ids["stock"], ids["stock-too"], ids["native"])
    held = trove.lab.control.get("inventory")
    assert not any(held.values()), held
