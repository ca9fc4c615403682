"""``trove-resources instance``: rows of Trove's database, and the resources of an instance on the emulated cloud."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cli.conftest import Command, Configured
from native.bench import FaultBench
from trove_lab.cloud.seed import PASSWORD
from trove_lab.cloud.server import CloudServer
from trove_lab.conformance.minicloud import started
from trove_resources.flows.clock import SystemClock
from trove_resources.flows.events import Event
from trove_resources.markers import Owner
from trove_resources.plugin.database import ownership
from trove_resources.task_log.log import SqliteTaskLog
from trove_resources.task_log.reader import TaskLogReader

A, B, C, D = (f"{letter * 8}-1111-4111-8111-111111111111" for letter in "abcd")
NONE, BUILDING, PORT_ERROR = 1, 5, 0x5C
"""Task statuses. Source: ``trove.instance.tasks``."""
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def rows(trove: Configured) -> Callable[..., None]:
    """Return a function that writes a row into a database with our columns."""
    ownership.upgrade(trove.engine)

    def put(row_id: str, table: str = "instances", **values: object) -> None:
        usual: dict[str, object] = {"id": row_id, "deleted": 0, "created": "2026-10-01 11:00:00.000000"}
        if table == "instances":
            usual |= {"name": row_id[0], "tenant_id": "demo", "task_id": NONE}
        row = usual | values
        with trove.engine.begin() as connection:
            connection.execute(sa.table(table, *(sa.column(name) for name in row)).insert().values(row))

    return put


@pytest.fixture
def log(trove: Configured, tmp_path: Path) -> Iterator[SqliteTaskLog]:
    """Return the task log of a running task manager."""
    path = tmp_path / "tasks.sqlite"
    trove.file.write_text(f"{trove.file.read_text()}[trove_resources]\ntask_log = {path}\n")
    made = SqliteTaskLog(path, size=1000, clock=SystemClock(), now=lambda: NOON)
    yield made
    made.close()


def wait(log: SqliteTaskLog, path: Path, instance_id: str, what: str) -> None:
    """Begin a task that waits, and return when the log has the wait."""
    listen = log.began("resize_flavor", Owner(instance_id=instance_id, task_id=f"task-{instance_id}"), "req-1")
    listen(Event(kind="waiting", step="", title=what, instance_id=instance_id, request_id="req-1"))
    clock, reader = SystemClock(), TaskLogReader(path / "tasks.sqlite")
    deadline = clock.now() + 20
    while not any(task.waits for task in reader.running(instance_id)):
        assert clock.now() < deadline
        clock.sleep(0.01)


def listed(command: Command, trove: Configured, *arguments: str) -> list[dict[str, Any]]:
    ended = command("instance", "list", trove.option, "-f", "json", *arguments)
    assert ended.code == 0, ended.err
    shown: list[dict[str, Any]] = json.loads(ended.out)
    return shown


def test_instances_are_listed_with_their_engine_and_running_task(
    command: Command, trove: Configured, rows: Callable[..., None], log: SqliteTaskLog, tmp_path: Path
) -> None:
    rows(B, compute_instance_id="s", volume_id="v", provisioning_engine="orchestrator", task_id=BUILDING)
    rows(A)
    rows(C, task_id=PORT_ERROR)
    rows(D, deleted=1)
    wait(log, tmp_path, B, "stack trove-b to be complete")
    ended = command("instance", "list", trove.option, "-f", "json")
    assert ended.err == ""
    names = ("id", "engine", "task_status", "server", "volume", "running_task")
    first, second, third = json.loads(ended.out)
    assert [first[name] for name in names] == [A, "native", "NONE", None, None, None]
    assert [second[name] for name in names] == [B, "orchestrator", "BUILDING", "s", "v", "resize_flavor"]
    assert [each["what"] for each in second["waiting_for"]] == ["stack trove-b to be complete"]
    assert [third[name] for name in names] == [C, "native", "Build error: Port.", None, None, None]


@pytest.mark.parametrize(
    ("arguments", "expected", "reason"),
    [
        ((), [A, B, C], "also those in error, never deleted ones"),
        (("--engine", "native"), [A, C], "a row that says none is native"),
        (("--engine", "orchestrator"), [B], "only those of the engine"),
        (("--project", "other"), [C], "only those of the project"),
        (("--failed",), [C], "only those whose status is an error"),
        (("--running",), [A], "only those a task runs for"),
        (("--engine", "orchestrator", "--project", "other"), [], "no instance is not an error"),
    ],
)
def test_instances_are_filtered(  # noqa: PLR0917 - the table's columns, and fixtures
    arguments: tuple[str, ...],
    expected: list[str],
    reason: str,
    command: Command,
    trove: Configured,
    rows: Callable[..., None],
    log: SqliteTaskLog,
    tmp_path: Path,
) -> None:
    rows(A)
    rows(B, provisioning_engine="orchestrator")
    rows(C, provisioning_engine="native", tenant_id="other", task_id=PORT_ERROR)
    rows(D, deleted=1)
    wait(log, tmp_path, A, "the server")
    assert [row["id"] for row in listed(command, trove, *arguments)] == expected, reason


def test_people_get_a_table_of_at_most_120_columns(
    command: Command, trove: Configured, rows: Callable[..., None], log: SqliteTaskLog, tmp_path: Path
) -> None:
    rows(A, name="a name nobody would choose", compute_instance_id=B, volume_id=C, provisioning_engine="orchestrator")
    wait(log, tmp_path, A, f"server {B} to be ACTIVE")
    lines = command("instance", "list", trove.option).out.splitlines()
    assert max(map(len, lines)) <= 120
    (line,) = (line for line in lines if "aaaaaaaa" in line)
    assert line.split() == [
        *("|", "aaaaaaaa", "|", "a", "name", "nobody", "|", "orchestrator", "|", "NONE", "|", "bbbbbbbb", "|"),
        *("cccccccc", "|", "resize_flavor:", "server", "bbbbbbbb", "|"),
    ]


def test_without_a_task_log_the_rest_is_shown(command: Command, trove: Configured, rows: Callable[..., None]) -> None:
    rows(A)
    trove.file.write_text(f"{trove.file.read_text()}[trove_resources]\ntask_log = /nowhere/tasks.sqlite\n")
    ended = command("instance", "list", trove.option, "-f", "json")
    assert ([row["id"] for row in json.loads(ended.out)], ended.code) == ([A], 0)
    assert "/nowhere/tasks.sqlite does not exist" in ended.err


def test_a_database_without_our_columns_is_exit_code_5(command: Command, trove: Configured) -> None:
    ended = command("instance", "list", trove.option)
    assert (ended.code, ended.err.count("\n")) == (5, 1)
    assert "run trove-resources db upgrade" in ended.err


SIMILAR = f"aaaa{B[4:]}"


@pytest.mark.parametrize(
    ("instance", "message"),
    [
        (D, "matches no instance; deleted instances are not considered"),
        ("gone", "matches no instance; deleted instances are not considered"),
        ("nonsense", "matches no instance; deleted instances are not considered"),
        ("aaaa", f"matches several instances: {A} (orders), {SIMILAR} (aaaaaaaa)"),
        ("aaaaaaaa", f"matches several instances: {A} (orders), {SIMILAR} (aaaaaaaa)"),
        ("twin", f"matches several instances: {B} (twin), {C} (twin)"),
        ("", "is not an instance; give an id, the beginning of an id, or a name"),
    ],
)
def test_an_unknown_or_ambiguous_instance_is_exit_code_9(
    instance: str, message: str, command: Command, trove: Configured, rows: Callable[..., None]
) -> None:
    for each, name in ((A, "orders"), (SIMILAR, "aaaaaaaa"), (B, "twin"), (C, "twin")):
        rows(each, name=name)
    rows(D, name="gone", deleted=1)
    ended = command("instance", "show", instance, trove.option)
    assert (ended.code, ended.out, ended.err) == (9, "", f"trove-resources: {instance!r} {message}\n")


def test_of_many_candidates_five_are_listed(command: Command, trove: Configured, rows: Callable[..., None]) -> None:
    ids = [f"{number}{A[1:]}" for number in range(7)]
    for each in ids:
        rows(each, name="same")
    listed = ", ".join(f"{each} (same)" for each in ids[:5])
    assert command("instance", "show", "same", trove.option).err == (
        f"trove-resources: 'same' matches several instances: {listed} and 2 more\n"
    )


@pytest.mark.parametrize(
    ("wanted", "found", "reason"),
    [
        (A, A, "an id"),
        ("aaaaaaaa-", A, "the beginning of an id"),
        ("orders", A, "a name"),
        (B, B, "the whole id is preferred to an instance that is named so"),
    ],
)
def test_an_instance_is_found_by_id_beginning_or_name(  # noqa: PLR0917 - the table's columns, and fixtures
    wanted: str, found: str, reason: str, command: Command, trove: Configured, rows: Callable[..., None]
) -> None:
    configure(trove, "http://127.0.0.1:1/identity/v3")
    for each, name in ((A, "orders"), (B, "customers"), (C, B)):
        rows(each, name=name)
    assert json.loads(command("instance", "show", wanted, trove.option, "-f", "json").out)["id"] == found, reason


def test_an_unknown_engine_is_exit_code_9_and_the_known_ones_are_listed(
    command: Command, trove: Configured, rows: Callable[..., None]
) -> None:
    rows(A, provisioning_engine="acme")
    ended = command("instance", "list", "--engine", "nonsense", trove.option)
    assert (ended.code, ended.out, ended.err) == (
        *(9, ""),
        "trove-resources: unknown engine 'nonsense'; known engines: acme, native, orchestrator\n",
    )


def test_an_engine_without_an_installed_manager_is_listed_if_instances_have_it(
    command: Command, trove: Configured, rows: Callable[..., None]
) -> None:
    rows(A, provisioning_engine="acme")
    rows(B)
    assert [row["id"] for row in listed(command, trove, "--engine", "acme")] == [A]


def configure(trove: Configured, auth_url: str, *, resource_manager: str = "native") -> None:
    account = {
        "auth_url": auth_url,
        "username": "trove",
        "password": PASSWORD,
        "project_name": "service",
        "region_name": "RegionOne",
    }
    lines = "".join(f"{name} = {value}\n" for name, value in account.items())
    manager = f"[DEFAULT]\nresource_manager = {resource_manager}\n"
    trove.file.write_text(f"{trove.file.read_text()}{manager}[service_credentials]\n{lines}")


@pytest.fixture
def server() -> Iterator[CloudServer]:
    with started() as server:
        yield server


def test_an_instance_is_shown_with_its_cloud_resources(  # noqa: PLR0917 - fixtures
    command: Command,
    trove: Configured,
    rows: Callable[..., None],
    log: SqliteTaskLog,
    server: CloudServer,
    tmp_path: Path,
) -> None:
    bench = FaultBench(server)
    assert bench.provision().error is None
    instance_id = bench.example.instance_id
    configure(trove, server.auth_url)
    rows(instance_id, tenant_id=bench.site.tenant_id, provisioning_engine="native", task_id=BUILDING)
    rows(
        "f",
        "instance_faults",
        instance_id=instance_id,
        message="It\nbroke.",
        details="",
        updated="2026-10-01 11:30:00.000000",
    )
    failed = Owner(instance_id=instance_id, task_id="failed")
    log.began("reboot", failed, "")
    log.ended(failed, "Reboot failed.")
    wait(log, tmp_path, instance_id, "the server to be moved")
    ended = command("instance", "show", instance_id[:13], trove.option, "-f", "json")
    assert (ended.code, ended.err) == (0, "")
    shown = json.loads(ended.out)
    assert (shown["id"], shown["engine"], shown["task_status"]) == (instance_id, "native", "BUILDING")
    assert (shown["created"], shown["cloud_error"]) == ("2026-10-01T11:00:00Z", None)
    assert shown["fault"] == {"message": "It broke.", "at": "2026-10-01T11:30:00Z"}
    assert (shown["last_failure"]["operation"], shown["last_failure"]["error"]) == ("reboot", "Reboot failed.")
    assert shown["running_task"]["operation"] == "resize_flavor"
    assert [(each["what"], each["since"]) for each in shown["waiting_for"]] == [
        ("the server to be moved", "2026-10-01T12:00:00Z")
    ]
    held = bench.held()
    for kind in ("servers", "volumes", "ports", "security_groups", "floating_ips"):
        assert {each["id"] for each in shown[kind]} == {each["id"] for each in held[kind]}, kind
        assert shown[kind], kind
    assert [each["status"] for each in shown["servers"]] == ["ACTIVE"]
    assert sorted(each["role"] for each in shown["ports"]) == ["management", "user"]
    assert {rule["protocol"] for rule in shown["security_groups"][0]["rules"]} == {"tcp", "udp"}
    people = command("instance", "show", instance_id, trove.option)
    assert f"{shown['servers'][0]['id']} ACTIVE m1.small" in people.out
    assert "tcp 3306 from 0.0.0.0/0" in people.out
    assert max(map(len, people.out.splitlines())) <= 120


def test_a_cloud_that_does_not_answer_is_exit_code_10_and_the_rest_is_shown(
    command: Command, trove: Configured, rows: Callable[..., None], log: SqliteTaskLog
) -> None:
    del log
    configure(trove, "http://127.0.0.1:1/identity/v3")
    rows(A, compute_instance_id="s")
    ended = command("instance", "show", A, trove.option, "-f", "json")
    shown = json.loads(ended.out)
    assert (ended.code, ended.err) == (10, "")
    assert (shown["server_id"], shown["servers"]) == ("s", None)
    assert "did not answer" in shown["cloud_error"]


def test_an_engine_without_an_installed_manager_is_a_cloud_error(
    command: Command, trove: Configured, rows: Callable[..., None], log: SqliteTaskLog
) -> None:
    del log
    configure(trove, "http://127.0.0.1:1/identity/v3")
    rows(A, provisioning_engine="somebody-elses")
    ended = command("instance", "show", A, trove.option, "-f", "json")
    assert (ended.code, json.loads(ended.out)["engine"]) == (10, "somebody-elses")
    assert "no resource manager has this name" in json.loads(ended.out)["cloud_error"]


def test_a_manager_that_is_configured_by_its_class_shows_its_own_instances(
    command: Command, trove: Configured, rows: Callable[..., None], log: SqliteTaskLog
) -> None:
    del log
    configure(trove, "http://127.0.0.1:1/identity/v3", resource_manager="toy_manager.Toy")
    rows(A, provisioning_engine="toy", compute_instance_id="s")
    ended = command("instance", "show", A, trove.option, "-f", "json")
    shown = json.loads(ended.out)
    assert (ended.code, shown["engine"]) == (10, "toy")
    # The manager was found, and asked the cloud.
    assert "did not answer" in shown["cloud_error"]
