"""The guest's steps, as a manager gets them: they read something, or fail."""

from collections.abc import Callable, Sequence
from typing import Any

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step


class GuestSaysNoError(Exception):
    """Raised by a guest's step that is to fail."""


class GuestStep(Step):
    """A step of the guest that calls ``look``, and can be made to fail.

    ``requires`` are the names of the manager's results that it needs.
    """

    def __init__(
        self, name: str, look: Callable[[], Any] = lambda: None, *, fails: bool = False, requires: Sequence[str] = ()
    ) -> None:
        super().__init__(name, "ask the guest", requires=list(requires))
        self._look, self._fails = look, fails
        self.seen: list[Any] = []
        """What ``look`` returned, each time the step ran."""
        self.given: list[dict[str, Any]] = []
        """The results that it got, each time the step ran."""
        self.undone = 0

    def execute(self, context: FlowContext, **given: Any) -> None:  # noqa: ARG002 - TaskFlow passes it by name
        """Call ``look``, and fail if the step is to fail."""
        self.given.append(given)
        self.seen.append(self._look())
        if self._fails:
            raise GuestSaysNoError("the guest says no")

    def revert(self, context: FlowContext, **_: object) -> None:  # noqa: ARG002 - TaskFlow passes it by name
        """Count the undo."""
        self.undone += 1

    @property
    def flow(self) -> Flow:
        """The step as a flow."""
        return LinearFlow(self.name).add(self)
