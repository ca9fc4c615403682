"""Pages with diagrams and recordings have an example of every operation, and name an operation without one."""

import pytest

from trove_lab.docs import calls, flows
from trove_lab.docs.drawing import steps_of
from trove_lab.docs.examples import CASES, Case, NoExampleError, cases_of
from trove_resources.contract import OPERATIONS, supported
from trove_resources.native import Native

WITH_FLOWS = [
    (operation, case)
    for operation in OPERATIONS
    if operation in supported(Native) and operation != "observe"
    for case in CASES.get(operation, ())
]


def test_every_operation_of_the_native_manager_has_an_example() -> None:
    assert not [operation for operation in supported(Native) if not CASES.get(operation)]


def test_every_example_belongs_to_an_operation() -> None:
    assert set(CASES) <= set(OPERATIONS)


@pytest.mark.parametrize("page", [flows.page, calls.page])
def test_an_operation_without_an_example_is_named(page: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(CASES, "delete")  # type: ignore[arg-type]  # a dict, for all but us
    with pytest.raises(NoExampleError, match="delete has no example"):
        page()  # type: ignore[operator]


def test_an_empty_list_of_examples_is_reported_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CASES, "delete", ())  # type: ignore[arg-type]  # a dict, for all but us
    with pytest.raises(NoExampleError, match="delete has no example"):
        cases_of("delete")


@pytest.mark.parametrize(("operation", "case"), WITH_FLOWS, ids=[f"{name}-{case.about}" for name, case in WITH_FLOWS])
def test_the_step_names_of_a_flow_are_unique(operation: str, case: Case) -> None:
    names = [step.name for step in steps_of(flows.flow_of(operation, case))]
    assert names
    assert len(set(names)) == len(names)
    assert all(name.count("/") == 2 for name in names)


def test_building_a_flow_that_sends_requests_is_an_error() -> None:
    asking = Case(about="whatever is there", ask=lambda on: on.manager.observe(on.ref))
    with pytest.raises(AssertionError, match="the cloud was asked for find_ports while a flow was made"):
        flows.flow_of("observe", asking)
