"""One of two task managers is killed while it runs a task."""

import pytest
from real_trove import TASK_MANAGERS, RealTrove

pytestmark = [pytest.mark.real_only("kills task managers"), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def trove(real_trove: RealTrove) -> RealTrove:
    """Trove with the orchestrator. An orphaned resize is reverted after more than twice ``resize_time_out``."""
    real_trove.lab.run_with("orchestrator", {"DEFAULT": {"resize_time_out": "15"}})
    return real_trove


def test_an_orphaned_create_is_deleted_by_the_other_task_manager(trove: RealTrove) -> None:
    trove.lab.inject_faults([{"method": "spawn", "match": "^abandoned$", "delay": 8.0}])
    instance_id = trove.create("abandoned")
    trove.until_so(lambda: trove.rows_of(instance_id)["servers"])
    (killed,) = trove.task_managers_of(instance_id)
    trove.lab.control_service(killed, "kill")
    trove.force_delete(instance_id)
    trove.until_gone_without_a_trace(instance_id)
    assert trove.task_managers_of(instance_id) == set(TASK_MANAGERS)
    trove.lab.control_service(killed, "start")


def test_an_orphaned_resize_is_reverted_when_its_task_manager_runs_again(trove: RealTrove) -> None:
    instance_id = trove.create("orphan")
    trove.until_settled(instance_id)
    trove.misbehave("never_reports", instance_id, flavor="m1.medium")
    trove.resize(instance_id, "m1.medium")
    trove.until_so(lambda: trove.server_of(instance_id)["status"] == "VERIFY_RESIZE")
    (killed,) = trove.task_managers_of(instance_id, "resize")
    trove.lab.control_service(killed, "kill")
    trove.calm()
    trove.lab.control_service(killed, "start")
    record = trove.until_faulted(instance_id, "The task manager ended during resize flavor", seconds=60)
    assert record.flavor_id == trove.small
    server = trove.server_of(instance_id)
    assert (server["status"], server["flavor"]["original_name"]) == ("ACTIVE", "m1.small")
    trove.until_settled(instance_id)
    trove.delete(instance_id)
