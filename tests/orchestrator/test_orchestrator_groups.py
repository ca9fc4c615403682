"""Deleting the stack of a server group on behalf of a router: ``remove_group``."""

from collections.abc import Iterator

import pytest
from orchestrator_kit import HeatBench

from trove_resources import markers
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import Waiter

pytestmark = [pytest.mark.mini_only("faults"), pytest.mark.xdist_group("orchestrator")]


@pytest.fixture
def group_id(bench: HeatBench) -> Iterator[str]:
    """Return the id of the instance's server group."""
    run = bench.attempt(bench.manager.create_group(bench.ref, "anti-affinity"))
    assert run.error is None, run.error
    yield str(run.results["group_id"])
    bench.heal()
    assert bench.attempt(bench.manager.delete_group(bench.ref)).error is None


def remove(bench: HeatBench, group_id: str) -> None:
    """Remove a group as a router does."""
    clock = bench.driver.clock
    context = FlowContext(owner=bench.example.owner, request_id="", clock=clock, waiter=Waiter(clock))
    bench.manager.remove_group(context, group_id)


def groups(bench: HeatBench) -> set[str]:
    """Return the ids of the groups that Nova has."""
    return {str(group.id) for group in bench.site.service.compute.server_groups()}


def test_a_group_is_deleted_with_its_stack_and_other_groups_stay(bench: HeatBench, group_id: str) -> None:
    remove(bench, "another")
    assert group_id in groups(bench)
    remove(bench, group_id)
    assert group_id not in groups(bench)
    assert bench.heat.find(markers.group_stack_name(bench.example.instance_id)) == []
    remove(bench, group_id)


def test_a_heat_that_does_not_answer_leaves_the_stack(bench: HeatBench, group_id: str) -> None:
    bench.fault("status", "orchestration GET /stacks", status=503, times=None)
    remove(bench, group_id)
    bench.heal()
    assert group_id in groups(bench)
