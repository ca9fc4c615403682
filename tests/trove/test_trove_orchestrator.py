"""Trove with the orchestrator on a real Heat: every operation, from the API request to the row."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import guest_tasks
import pytest
from deployment import PLUG_IN, Deployment, Open

from trove_lab.demo.measure import of_trove
from trove_resources.markers import resource_name

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("trove-orchestrator")]
ALLOWED = ["192.0.2.0/24"]


@pytest.fixture(scope="module")
def with_heat(open_lab: Open) -> Iterator[Deployment]:
    """Trove with the orchestrator, and Heat with the plug-in."""
    # Heat is slower than the services that it calls.
    longer = {"server_delete_time_out": "15", "volume_time_out": "10", "reboot_time_out": "10", "usage_timeout": "60"}
    options = {"DEFAULT": longer, "trove_resources": {"sweep_interval": "1"}}
    with open_lab("orchestrator", options=options) as started:
        yield started


@pytest.fixture
def trove(with_heat: Deployment) -> Iterator[Deployment]:
    """The same deployment. Faults are removed after each test."""
    yield with_heat
    with_heat.calm()


def stack_of(trove: Deployment, instance_id: str) -> dict[str, str]:
    """Return the id and the status of an instance's stack."""
    (row,) = trove.service.orchestration.get("/stacks", params={"name": resource_name(instance_id)}).json()["stacks"]
    return {"id": row["id"], "status": row["stack_status"]}


def requests(trove: Deployment, after: int) -> Sequence[Mapping[str, Any]]:
    """Return the requests of Trove's process to the cloud, without those of Heat."""
    return of_trove(trove.lab.control.get("requests", after=after)["requests"])


def changing(trove: Deployment, after: int) -> dict[str, set[str]]:
    """Return the mutating requests of Trove's process, by service."""
    seen: dict[str, set[str]] = {}
    for each in requests(trove, after):
        if each["method"] not in ("GET", "HEAD") and not each["path"].endswith("/auth/tokens"):
            seen.setdefault(each["service"], set()).add(f"{each['method']} {each['path']}")
    return seen


def test_every_operation_changes_the_cloud_through_heat_only(trove: Deployment) -> None:
    before = trove.order
    instance_id = trove.create("whole", access={"is_public": True, "allowed_cidrs": ["0.0.0.0/0"]})
    (record,) = trove.until_settled(instance_id)
    stack = stack_of(trove, instance_id)
    assert (stack["status"], record.engine, record.stack_id) == ("CREATE_COMPLETE", "orchestrator", stack["id"])
    ids = {kind: [row["id"] for row in rows] for kind, rows in trove.rows_of(instance_id).items()}
    trove.resize(instance_id, "m1.medium")
    (record,) = trove.until_settled(instance_id)
    assert record.flavor_id == trove.flavor("m1.medium")
    trove.grow(instance_id, 3)
    (record,) = trove.until_settled(instance_id)
    assert (record.volume_size, trove.volumes_of(instance_id)["datastore"]["size"]) == (3, 3)
    trove.client.instances.update(instance_id, is_public=True, allowed_cidrs=ALLOWED)
    trove.until_settled(instance_id)
    assert {cidr for *_, cidr in trove.let_in(instance_id)} == set(ALLOWED)
    trove.reboot(instance_id)
    trove.until_settled(instance_id)
    host = trove.server_of(instance_id)["OS-EXT-SRV-ATTR:host"]
    trove.migrate(instance_id)
    trove.until_settled(instance_id)
    assert trove.server_of(instance_id)["OS-EXT-SRV-ATTR:host"] != host
    trove.rebuild(instance_id)
    (record,) = trove.until_settled(instance_id)
    assert record.fault is None
    kept = ("servers", "volumes", "ports", "security_groups", "floating_ips", "recordsets")
    after = {kind: [row["id"] for row in rows] for kind, rows in trove.rows_of(instance_id).items()}
    assert {kind: after[kind] for kind in kept} == {kind: ids[kind] for kind in kept}
    trove.delete(instance_id)
    assert set(changing(trove, before)) == {"orchestration"}
    ours = [each for each in requests(trove, before) if each["user_agent"].startswith(PLUG_IN)]
    assert {each["service"] for each in ours} == {"identity", "orchestration"}


def test_a_failed_create_names_resource_and_cause_and_leaves_nothing(trove: Deployment) -> None:
    trove.fault(kind="status", service="volume", method="POST", path="/volumes", status=413, times=None)
    instance_id = trove.create("refused")
    record = trove.until_failed(instance_id, "data volume")
    assert record.task_text == "Build error: Volume."
    assert not any(trove.rows_of(instance_id).values())
    trove.calm()
    trove.delete(instance_id)


def test_a_guest_that_is_unhealthy_on_the_new_flavor_returns_to_the_old_one(trove: Deployment) -> None:
    instance_id = trove.create("ill")
    trove.until_settled(instance_id)
    trove.misbehave("starts_ill", instance_id, flavor="m1.medium")
    ram = trove.quota_in_use()["ram"]
    trove.resize(instance_id, "m1.medium")
    record = trove.until_faulted(instance_id, "Resize flavor failed")
    assert (record.flavor_id, trove.server_of(instance_id)["status"]) == (trove.small, "ACTIVE")
    assert stack_of(trove, instance_id)["status"] == "ROLLBACK_COMPLETE"
    assert trove.quota_in_use()["ram"] == ram
    trove.calm()
    trove.resize(instance_id, "m1.medium")
    trove.until_settled(instance_id)
    trove.delete(instance_id)


def test_replicas_share_the_group_of_their_source_and_it_is_deleted_with_the_last_member(trove: Deployment) -> None:
    source = trove.create("together", locality="affinity")
    trove.until_settled(source)
    of_source = dict.fromkeys(("flavor_id", "volume", "datastore", "datastore_version"))
    trove.send("together-replica", **of_source, replica_of=source)
    (replica,) = trove.replicas_of(source)
    trove.until_settled(replica)
    (group,) = trove.service.compute.get("/os-server-groups").json()["server_groups"]
    servers = {trove.record(each).server_id for each in (source, replica)}
    assert set(group["members"]) == servers
    trove.delete(replica)
    assert trove.lab.control.get("inventory")["server_groups"]
    trove.delete(source)
    assert not trove.lab.control.get("inventory")["server_groups"]


def test_a_task_manager_that_dies_during_a_resize_leaves_the_old_flavor_in_cloud_and_row(
    trove: Deployment,
) -> None:
    instance_id = trove.create("orphan")
    trove.until_settled(instance_id)
    trove.misbehave("never_reports", instance_id, flavor="m1.medium")
    trove.resize(instance_id, "m1.medium")
    trove.until_so(lambda: trove.server_of(instance_id)["status"] == "VERIFY_RESIZE")
    trove.lab.restart_trove(manager="orchestrator")
    trove.calm()
    record = trove.until_faulted(instance_id, "The task manager ended during resize flavor", seconds=90)
    assert record.flavor_id == trove.small
    server = trove.server_of(instance_id)
    assert (server["status"], server["flavor"]["original_name"]) == ("ACTIVE", "m1.small")
    trove.until_so(lambda: trove.record(instance_id).guest == "healthy")
    trove.resize(instance_id, "m1.medium")
    trove.until_settled(instance_id)
    trove.delete(instance_id)


def test_a_configuration_group_is_attached_changed_and_detached(trove: Deployment) -> None:
    instance_id = trove.create("configured")
    trove.until_settled(instance_id)
    guest_tasks.configure(trove, instance_id)
    trove.delete(instance_id)


def test_a_cluster_is_created_grown_and_deleted(trove: Deployment) -> None:
    guest_tasks.cluster(trove, "orchestrator")
