"""The diagram of a flow shows which steps follow each other, and which run in parallel."""

import pytest
from taskflow.flow import Flow
from taskflow.patterns.graph_flow import Flow as GraphFlow
from taskflow.patterns.linear_flow import Flow as LinearFlow
from taskflow.patterns.unordered_flow import Flow as UnorderedFlow

from trove_lab.docs.drawing import mermaid, steps_of
from trove_resources.flows.step import Step


class Do(Step):
    def __init__(self, name: str) -> None:
        super().__init__(f"test/{name}/do", f"do {name}")

    def execute(self) -> None: ...


class DoAndUndo(Do):
    def revert(self, **_: object) -> None: ...


def _links(flow: Flow) -> set[tuple[str, str]]:
    """Return the pairs of steps that follow each other. A node in which several links meet is called ``point``."""
    lines = [line.strip() for line in mermaid(flow)]
    titles = {line.split("[")[0]: line.split("do ")[1].split("<")[0] for line in lines if "[" in line}
    pairs = [line.split(" --> ") for line in lines if "-->" in line]
    return {(titles.get(one, "point"), titles.get(other, "point")) for one, other in pairs}


def _linear(*parts: Flow | Step) -> Flow:
    return LinearFlow(f"linear {len(parts)}").add(*parts)


def _parallel(*parts: Flow | Step) -> Flow:
    return UnorderedFlow(f"unordered {len(parts)}").add(*parts)


def test_the_steps_of_a_linear_flow_are_a_chain() -> None:
    assert _links(_linear(Do("a"), Do("b"), Do("c"))) == {("a", "b"), ("b", "c")}


def test_parallel_steps_are_not_linked() -> None:
    flow = _linear(Do("a"), _parallel(_linear(Do("b"), Do("c")), Do("d")), Do("e"))
    assert _links(flow) == {("a", "b"), ("b", "c"), ("a", "d"), ("c", "e"), ("d", "e")}


def test_links_between_two_parallel_groups_meet_in_a_point() -> None:
    flow = _linear(_parallel(Do("a"), Do("b")), _parallel(Do("c"), Do("d")))
    assert _links(flow) == {("a", "point"), ("b", "point"), ("point", "c"), ("point", "d")}


def test_a_flow_without_steps_is_left_out() -> None:
    assert _links(_linear(Do("a"), _parallel(LinearFlow("empty")), Do("b"))) == {("a", "b")}


def test_a_step_shows_its_title_its_name_and_whether_it_can_be_undone() -> None:
    drawn = mermaid(_linear(Do("a"), DoAndUndo("b")))
    assert '    n1["do a<br/>test/a/do"]' in drawn
    assert '    n2["↩ do b<br/>test/b/do"]:::undo' in drawn


def test_quotes_in_a_title_do_not_end_it() -> None:
    step = Do("a")
    step.title = 'say "a"'
    assert '    n1["say #quot;a#quot;<br/>test/a/do"]' in mermaid(_linear(step))


def test_a_flow_that_cannot_be_drawn_is_rejected() -> None:
    with pytest.raises(TypeError, match="neither a step nor"):
        mermaid(_linear(Do("a"), GraphFlow("graph").add(Do("b"))))


def test_the_steps_of_a_flow_include_those_of_nested_flows() -> None:
    flow = _linear(Do("a"), _parallel(Do("b"), _linear(Do("c"))))
    assert [step.title for step in steps_of(flow)] == ["do a", "do b", "do c"]
