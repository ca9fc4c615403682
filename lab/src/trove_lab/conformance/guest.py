"""The guest's part in a task, as a manager is handed it: steps that look, or fail."""

from collections.abc import Callable, Sequence
from typing import Any

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step


class GuestSaysNoError(Exception):
    """What a guest that fails raises."""


class GuestStep(Step):
    """A step of the guest's: it looks at something, and fails if it is told to.

    ``requires`` are the results of the manager's that it is given.
    """

    def __init__(
        self, name: str, look: Callable[[], Any] = lambda: None, *, fails: bool = False, requires: Sequence[str] = ()
    ) -> None:
        super().__init__(name, "ask the guest", requires=list(requires))
        self._look, self._fails = look, fails
        self.seen: list[Any] = []
        """What it saw, each time it ran."""
        self.given: list[dict[str, Any]] = []
        """What it was given."""
        self.undone = 0

    def execute(self, context: FlowContext, **given: Any) -> None:  # noqa: ARG002 - TaskFlow gives it by name
        """Look."""
        self.given.append(given)
        self.seen.append(self._look())
        if self._fails:
            raise GuestSaysNoError("the guest says no")

    def revert(self, context: FlowContext, **_: object) -> None:  # noqa: ARG002 - TaskFlow gives it by name
        """Count that."""
        self.undone += 1

    @property
    def flow(self) -> Flow:
        """The step as a flow."""
        return LinearFlow(self.name).add(self)
