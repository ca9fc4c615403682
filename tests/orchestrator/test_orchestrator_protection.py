"""What holds data is never replaced, whatever an operator does to the stack before an operation."""

import re

import pytest
from orchestrator_kit import HeatBench
from orchestrator_operations import Ask, extend, resize

from trove_resources import markers
from trove_resources.errors import ResourceFailedError
from trove_resources.orchestrator.template import environment

pytestmark = [pytest.mark.mini_only("the operator's commands"), pytest.mark.xdist_group("orchestrator")]

RESTRICTED = "replace is restricted for resource"


def by_hand(bench: HeatBench) -> None:
    """Update the stack to its own template, as an operator does: environment and tags are lost."""
    bench.put()
    assert bench.status == "UPDATE_COMPLETE"
    assert bench.stack is not None
    assert markers.ENGINE_TAG not in bench.stack.tags
    assert not bench.heat.environment(bench.stack_ref).get("resource_registry", {}).get("resources")


def check_restored(bench: HeatBench) -> None:
    """Fail unless the stack has its environment and its tags."""
    found = bench.heat.environment(bench.stack_ref)["resource_registry"]["resources"]
    assert found == environment(bench.template)["resource_registry"]["resources"]
    assert bench.stack is not None
    wanted = markers.stack_tags(bench.example.owner, "1")
    assert {tag for tag in wanted if not tag.startswith(markers.TASK_KEY)} <= set(bench.stack.tags)


@pytest.mark.parametrize("ask", [extend, resize])
def test_lost_protection_and_lost_tags_are_restored_by_the_next_operation(bench: HeatBench, ask: Ask) -> None:
    assert bench.provision(bench.example.spec()).error is None
    ids = bench.ids()
    by_hand(bench)
    assert bench.attempt(ask(bench)).error is None
    assert bench.ids() == ids
    check_restored(bench)
    bench.check_well()


@pytest.mark.parametrize("which", ["bench", "stock"])
@pytest.mark.parametrize(
    ("name", "ask"),
    [
        pytest.param("data_volume", extend, id="volume, forward only"),
        pytest.param("data_volume", resize, id="volume, with a rollback"),
        pytest.param("user_port", extend, id="port"),
        pytest.param("server", extend, id="server"),
    ],
)
def test_what_an_operator_marks_unhealthy_is_not_replaced(
    request: pytest.FixtureRequest, which: str, name: str, ask: Ask
) -> None:
    bench: HeatBench = request.getfixturevalue(which)
    assert bench.provision(bench.example.spec()).error is None
    ids, flavor = bench.ids(), bench.flavor
    by_hand(bench)
    bench.mark_unhealthy(name)
    run = bench.attempt(ask(bench))
    assert bench.ids() == ids
    if which == "bench" and name != "user_port":
        # The plug-in's types are repaired in place.
        assert run.error is None, run.error
    else:
        assert isinstance(run.error, ResourceFailedError), run.error
        assert re.search(f"{name.replace('_', ' ')}.*{RESTRICTED}", str(run.error)), run.error
        assert (bench.flavor, bench.size) == (flavor, 1)
        bench.mark_unhealthy(name, unhealthy=False)
        assert bench.attempt(ask(bench)).error is None
    assert bench.ids() == ids
    check_restored(bench)
    bench.check_well()


def test_an_instance_whose_stack_lost_its_tags_is_deleted(bench: HeatBench) -> None:
    assert bench.provision(bench.example.bare_spec()).error is None
    by_hand(bench)
    assert bench.delete().error is None
    bench.check_nothing_is_left()


def test_a_stack_without_tags_that_no_row_names_is_refused(bench: HeatBench) -> None:
    assert bench.provision(bench.example.bare_spec()).error is None
    by_hand(bench)
    stack_id = bench.row.pop("stack_id")
    run = bench.attempt(resize(bench))
    bench.row["stack_id"] = stack_id
    assert f"it has no tag {markers.ENGINE_TAG}" in str(run.error)
