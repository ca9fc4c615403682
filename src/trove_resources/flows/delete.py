"""Deleting: everything is tried, and what is left is said at the end."""

from collections.abc import Callable, Sequence

from trove_resources.clouds import Clouds
from trove_resources.errors import LeftoversError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.settings import Settings


class DeleteStep(Step):
    """Finds what is there of one kind and removes it; notes what it could not."""

    kind = "resource"
    role = "resource"

    def __init__(
        self,
        clouds: Clouds,
        settings: Settings,
        instance: InstanceRef,
        *,
        operation: str = "delete",
        requires: Sequence[str] = (),
    ) -> None:
        super().__init__(f"{operation}/{self.role}/delete", f"delete the {self.kind}s", requires=list(requires))
        self._clouds, self._settings, self._instance = clouds, settings, instance

    def execute(self, context: FlowContext) -> None:
        """Remove all there are, and return when they are gone."""
        found: list[str] = []
        what = f"of instance {self._instance.instance_id}"
        context.try_or_note(self.kind, what, lambda: found.extend(context.attempt(self.find)))
        for resource_id in found:
            context.try_or_note(self.kind, resource_id, self._removal(context, resource_id))

    def _removal(self, context: FlowContext, resource_id: str) -> Callable[[], None]:
        return lambda: self.remove(context, resource_id)

    def find(self) -> Sequence[str]:
        """Return the ids of what is there."""
        raise NotImplementedError

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Remove one of them."""
        raise NotImplementedError


class CheckNothingIsLeft(Step):
    """Say what could not be deleted."""

    def __init__(self, operation: str = "delete") -> None:
        super().__init__(f"{operation}/instance/check", "see that nothing is left")

    def execute(self, context: FlowContext) -> None:
        """Raise LeftoversError if anything is."""
        if context.leftovers:
            raise LeftoversError(context.leftovers)
