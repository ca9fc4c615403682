"""heat-engine is killed and the broker restarted while Trove has tasks under way."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from real_trove import RealTrove

pytestmark = [pytest.mark.real_only("kills services"), pytest.mark.timeout(600)]

SHORT = {"DEFAULT": {"usage_timeout": "60", "volume_time_out": "15", "server_delete_time_out": "40"}}
"""Timeouts for what the killed engine does not finish: a create, and a delete before it is requested again."""

SLOW = 15.0
"""Delay in seconds of a hypervisor or guest, so that its operation is under way when the service is killed."""


@dataclass(frozen=True, kw_only=True)
class Ids:
    """Instances by the operation that is under way."""

    resized: str
    deleted: str
    created: str


@pytest.fixture(scope="module")
def trove(real_trove: RealTrove) -> RealTrove:
    """Trove with the orchestrator."""
    real_trove.lab.run_with("orchestrator", SHORT)
    return real_trove


@pytest.fixture(scope="module")
def interrupted(trove: RealTrove) -> Iterator[Ids]:
    """Instances whose operations were under way in heat-engine when it was killed. It was started again."""
    resized, deleted = trove.create("resized"), trove.create("deleted")
    trove.until_settled(resized, deleted)
    trove.lab.inject_faults([slow("spawn", "^created$"), slow("destroy", "^deleted$")])
    trove.lab.control.post("durations", {"guest.boot": SLOW})
    trove.resize(resized, "m1.medium")
    trove.until_so(lambda: trove.server_of(resized)["status"] == "VERIFY_RESIZE")
    created = trove.create("created")
    trove.client.instances.delete(deleted)
    trove.until_so(lambda: trove.rows_of(created)["servers"])
    assert set(trove.stacks_of(created).values()) == {"CREATE_IN_PROGRESS"}
    assert set(trove.stacks_of(deleted).values()) == {"DELETE_IN_PROGRESS"}
    trove.lab.control_service("heat-engine", "kill")
    trove.lab.control_service("heat-engine", "start")
    yield Ids(resized=resized, deleted=deleted, created=created)
    trove.calm()
    trove.lab.control.post("durations", {"guest.boot": 0})
    trove.delete(*(each for each in (resized, created) if not trove.record(each).deleted))


def slow(method: str, name: str) -> dict[str, object]:
    """Return a fault: a driver method is delayed for servers of a name."""
    return {"method": method, "match": name, "delay": SLOW}


def test_a_create_whose_engine_died_reports_its_progress_and_leaves_nothing(trove: RealTrove, interrupted: Ids) -> None:
    trove.until_failed(
        interrupted.created, "The instance was not created. Failed to wait for the stack: timed out after 75 s"
    )
    assert "not done: server " in trove.details_of_fault(interrupted.created)
    trove.delete(interrupted.created)


def test_a_resize_whose_engine_died_is_still_confirmed(trove: RealTrove, interrupted: Ids) -> None:
    (record,) = trove.until_settled(interrupted.resized)
    assert (record.flavor_id, record.fault) == (trove.flavor("m1.medium"), None)
    assert trove.server_of(interrupted.resized)["flavor"]["original_name"] == "m1.medium"


def test_a_delete_whose_engine_died_leaves_nothing(trove: RealTrove, interrupted: Ids) -> None:
    trove.until_gone_without_a_trace(interrupted.deleted)


def test_a_create_continues_when_the_broker_is_back(trove: RealTrove) -> None:
    """A service that waits for a message that the broker lost times out after a minute."""
    trove.lab.run_with("orchestrator")
    trove.lab.inject_faults([slow("spawn", "^unheard$")])
    instance_id = trove.create("unheard")
    trove.until_so(lambda: trove.rows_of(instance_id)["servers"])
    trove.lab.control_service("rabbitmq", "restart")
    (record,) = trove.until_settled(instance_id)
    assert record.fault is None
    trove.delete(instance_id)
