"""Heat's answer is lost, or Heat does not answer for a while: nothing is done twice, and nothing is left out."""

import pytest
from orchestrator_kit import HeatBench
from orchestrator_operations import OPERATIONS

from trove_resources.errors import TransientError

pytestmark = [pytest.mark.mini_only("faults"), pytest.mark.xdist_group("orchestrator")]

SIGNAL = "orchestration POST /stacks/*/*/resources/server/signal"
UPDATE = "orchestration PATCH /stacks/*/*"
KINDS = ("lose_answer", "drop")


@pytest.mark.parametrize("kind", KINDS)
def test_an_instance_is_created_and_deleted_once(bench: HeatBench, kind: str) -> None:
    bench.fault(kind, "orchestration POST /stacks")
    assert bench.provision(bench.example.spec()).error is None
    assert [len(rows) for rows in bench.ids().values()] == [1, 1, 2]
    bench.check_well()
    bench.fault(kind, "orchestration DELETE /stacks/*/*")
    assert bench.delete().error is None
    bench.check_nothing_is_left()


@pytest.mark.parametrize(
    ("operation", "where", "action", "kind"),
    [
        ("resize", UPDATE, "resize", "lose_answer"),
        ("resize", SIGNAL, "confirmResize", "lose_answer"),
        ("resize", SIGNAL, "confirmResize", "drop"),
        ("extend", UPDATE, "os-extend", "lose_answer"),
        ("extend", UPDATE, "os-extend", "drop"),
        ("reboot", SIGNAL, "reboot", "lose_answer"),
        ("rebuild", SIGNAL, "rebuild", "lose_answer"),
        ("migrate", SIGNAL, "migrate", "lose_answer"),
    ],
)
def test_nothing_is_done_twice(instance: HeatBench, operation: str, where: str, action: str, kind: str) -> None:
    ids = instance.ids()
    instance.cloud.request_log.clear()
    instance.fault(kind, where)
    run = instance.attempt(OPERATIONS[operation](instance))
    assert run.error is None
    assert instance.asked(action) == 1
    assert instance.ids() == ids
    instance.check_well()


@pytest.mark.parametrize("operation", ["resize", "rules", "reboot", "migrate"])
def test_a_heat_that_never_answers_is_reported_and_nothing_is_changed(instance: HeatBench, operation: str) -> None:
    before = instance.picture()
    flow = OPERATIONS[operation](instance)
    for where in (SIGNAL, UPDATE):
        instance.fault("status", where, status=503, times=5)
    run = instance.attempt(flow)
    assert isinstance(run.error, TransientError), run.error
    assert not run.leftovers
    assert instance.picture() == before
