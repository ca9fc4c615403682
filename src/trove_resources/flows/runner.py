"""Runs flows on TaskFlow, with events, announced results, and the original failure apart from failures of the undo."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from taskflow import engines, states
from taskflow.exceptions import WrappedFailure
from taskflow.flow import Flow
from taskflow.task import Task
from taskflow.types.failure import Failure

from trove_resources.flows.context import FlowContext
from trove_resources.flows.events import Kind
from trove_resources.flows.step import CreateStep, Step

LOG = logging.getLogger(__name__)

BRANCHES = 4
"""How many steps of a flow run at the same time, at most."""

Announce = Callable[[str, str | None], None]
"""Writes down a result by name and value; None: it was undone. If it raises, the flow fails and is undone.

A resource that could not be deleted is not undone: its id stays written down.
"""

_KINDS: dict[str, Kind] = {
    states.RUNNING: "began",
    states.SUCCESS: "succeeded",
    states.FAILURE: "failed",
    states.REVERTING: "undoing",
    states.REVERTED: "undone",
}


@dataclass(slots=True)
class Runner:
    """Runs flows, each in threads of its own that end with it."""

    branches: int = BRANCHES

    def run(self, flow: Flow, context: FlowContext, announce: Announce = lambda _name, _value: None) -> None:
        """Run a flow to its end, or undo it and raise the first failure.

        ``announce`` is called in this thread, before any step that follows the one with the result.
        """
        failed: list[BaseException] = []
        with ThreadPoolExecutor(self.branches, thread_name_prefix="flow") as executor:
            engine = engines.load(flow, engine="parallel", executor=executor)
            engine.compile()
            engine.storage.inject({"context": context}, transient=True)
            engine.atom_notifier.register("*", self._notice(flow, context, announce, failed))
            try:
                engine.run()
            except WrappedFailure as failures:
                # Several steps failed at the same time, and TaskFlow does not tell which was first.
                raise failed[0] from failures
        if context.lost is not None:
            raise context.lost

    def _notice(
        self, flow: Flow, context: FlowContext, announce: Announce, failed: list[BaseException]
    ) -> Callable[[str, dict[str, Any]], None]:
        steps = {step.name: step for step in _steps(flow)}

        def notice(state: str, details: dict[str, Any]) -> None:
            step, kind = steps.get(details["task_name"]), _KINDS.get(state)
            if step is None or kind is None:
                return
            if kind in ("undoing", "undone") and type(step).revert is Task.revert:
                return
            result = details.get("result")
            if isinstance(result, Failure) and kind == "failed" and result.exception is not None:
                failed.append(result.exception)
            if step.announces and kind == "succeeded":
                _announce(announce, context, step.announces, result)
            if step.announces and kind == "undone" and not _left(step, context):
                _announce(announce, context, step.announces, None)
            detail = result.exception_str if isinstance(result, Failure) else ""
            context.tell(kind, step.title, step=step.name, detail=detail, resource=step.kind)

        return notice


def _steps(flow: Flow) -> Iterator[Step]:
    for node, _ in flow.iter_nodes():
        if isinstance(node, Flow):
            yield from _steps(node)
        elif isinstance(node, Step):
            yield node


def _left(step: Step, context: FlowContext) -> bool:
    """Return whether a resource of the step's kind could not be deleted."""
    return isinstance(step, CreateStep) and any(each.kind == step.kind for each in context.leftovers)


def _announce(announce: Announce, context: FlowContext, name: str, value: str | None) -> None:
    """Announce a result. TaskFlow would only log an error here, so the next step raises it."""
    try:
        announce(name, value)
        if value is None:
            context.announced.pop(name, None)
        else:
            context.announced[name] = value
    except Exception as error:
        LOG.exception("instance %s: %s = %s could not be announced", context.owner.instance_id, name, value)
        if value is not None:
            context.lost = error
