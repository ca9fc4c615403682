"""Draws flows with Mermaid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow
from taskflow.patterns.unordered_flow import Flow as UnorderedFlow
from taskflow.task import Task

from trove_resources import plugin
from trove_resources.flows.step import Step

UNDO = "↩"
"""Marks steps that can be undone."""


def mermaid(flow: Flow) -> list[str]:
    """Return the lines of a diagram of a flow. Raises TypeError for an unknown kind of flow."""
    drawing = _Drawing()
    drawing.draw(flow)
    undo = ["classDef undo stroke-width:3px"] if any(can_be_undone(step) for step in steps_of(flow)) else []
    links = [f"n{one} --> n{other}" for one, other in sorted(drawing.links)]
    return ["flowchart TD", *(f"    {line}" for line in (*drawing.nodes, *links, *undo))]


def steps_of(flow: Flow) -> Iterator[Step]:
    """Return the steps of a flow and of its nested flows, in the order in which they were added."""
    for node in flow:
        if isinstance(node, Flow):
            yield from steps_of(node)
        else:
            yield node


def can_be_undone(step: Step) -> bool:
    """Return whether a step has an undo of its own."""
    return type(step).revert is not Task.revert


def is_guests(step: Step) -> bool:
    """Return whether a step is a guest step, which is the same for every resource manager."""
    return type(step).__module__.startswith(f"{plugin.__name__}.")


@dataclass(frozen=True, slots=True)
class _Ends:
    """The first and the last nodes of a part of a diagram."""

    first: Sequence[int]
    last: Sequence[int]


@dataclass(slots=True)
class _Drawing:
    nodes: list[str] = field(default_factory=list)
    links: list[tuple[int, int]] = field(default_factory=list)

    def draw(self, part: Flow | Step) -> _Ends | None:
        """Draw a step or a flow. Return None if it is empty."""
        if isinstance(part, Step):
            return self._step(part)
        if not isinstance(part, LinearFlow | UnorderedFlow):
            raise TypeError(f"{part!r} is neither a step nor a linear nor an unordered flow")
        ends = [end for end in map(self.draw, part) if end is not None]
        if not ends:
            return None
        if isinstance(part, UnorderedFlow):
            return _Ends([node for end in ends for node in end.first], [node for end in ends for node in end.last])
        for before, after in pairwise(ends):
            self._link(before.last, after.first)
        return _Ends(ends[0].first, ends[-1].last)

    def _step(self, step: Step) -> _Ends:
        mark, style = (f"{UNDO} ", ":::undo") if can_be_undone(step) else ("", "")
        text = f"{mark}{step.title}<br/>{step.name}".replace('"', "#quot;")
        begin, end = ("([", "])") if is_guests(step) else ("[", "]")
        node = self._add(f'{begin}"{text}"{end}{style}')
        return _Ends([node], [node])

    def _link(self, before: Sequence[int], after: Sequence[int]) -> None:
        """Draw links between two groups of steps. If both have several steps, the links meet in a point."""
        if len(before) > 1 and len(after) > 1:
            meeting = self._add("(( ))")
            self._link(before, [meeting])
            before = [meeting]
        self.links += [(one, other) for one in before for other in after]

    def _add(self, shape: str) -> int:
        """Add a node and return its number."""
        number = len(self.nodes) + 1
        self.nodes.append(f"n{number}{shape}")
        return number
