"""Each call of each operation fails once: the flow recovers, and does nothing twice."""

from functools import cache

import pytest

from native.bench import Call
from native.conftest import KINDS
from native.operations import OPERATIONS, Saves, run
from native.state import State, actions_of, state_of

pytestmark = pytest.mark.mini_only("faults are injected")


@pytest.fixture(scope="session")
def good(saves: Saves) -> "Good":
    return Good(saves)


class Good:
    """The result of a successful run of each operation."""

    def __init__(self, saves: Saves) -> None:
        self.of = cache(lambda name: self._run(saves, name))

    @staticmethod
    def _run(saves: Saves, name: str) -> tuple[State, object, object]:
        bench = saves.bench(name)
        done = run(bench, name)
        assert done.error is None
        return state_of(bench), actions_of(bench), set(done.results)


@pytest.mark.parametrize("kind", KINDS)
def test_an_operation_survives_a_call_that_fails_once(
    saves: Saves, good: Good, operation: str, call: Call, kind: str
) -> None:
    expected, actions, announced = good.of(operation)
    bench = saves.bench(operation)
    bench.fault(call.fault(kind))
    done = run(bench, operation)
    assert done.error is None
    assert not done.leftovers
    (fault,) = bench.cloud.faults
    assert fault.met == 1
    assert state_of(bench) == expected
    assert set(done.results) == announced
    assert actions_of(bench) == actions


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_changes_something(saves: Saves, name: str) -> None:
    bench = saves.bench(name)
    before, actions = state_of(bench), actions_of(bench)
    assert run(bench, name).error is None
    assert (state_of(bench), actions_of(bench)) != (before, actions)


def test_a_request_whose_answer_is_lost_while_it_is_carried_out_is_not_repeated(
    saves: Saves, good: Good, change: str, mutating_call: Call
) -> None:
    expected, actions, announced = good.of(change)
    bench = saves.bench(change)
    bench.cloud.transitions.durations.update(dict.fromkeys(bench.cloud.transitions.durations, 5.0))
    bench.fault(mutating_call.fault("lose_answer"))
    done = run(bench, change)
    assert done.error is None
    assert state_of(bench) == expected
    assert set(done.results) == announced
    assert actions_of(bench) == actions
