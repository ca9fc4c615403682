"""Deleting: every step tries, and the last step raises what is left."""

import logging
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from trove_resources.clouds import Clouds
from trove_resources.errors import LeftoversError, NoServiceError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings

LOG = logging.getLogger(__name__)


class Resource(NamedTuple):
    """A resource to delete."""

    kind: ResourceKind
    id: str


class DeleteStep(Step):
    """A step that deletes the resources of one kind, and records what it could not delete."""

    kind: ResourceKind
    role: ClassVar[str]
    """The middle part of the step's name."""
    plural: ClassVar[str]

    def __init__(
        self,
        clouds: Clouds,
        settings: Settings,
        instance: InstanceRef,
        *,
        operation: str = "delete",
        requires: Sequence[str] = (),
    ) -> None:
        super().__init__(f"{operation}/{self.role}/delete", f"delete the {self.plural}", requires=list(requires))
        self._clouds, self._settings, self._instance = clouds, settings, instance

    def execute(self, context: FlowContext) -> None:
        """Delete all that exist, and return when they are gone."""
        found: list[Resource] = []
        what = f"of instance {self._instance.instance_id}"
        context.try_or_note(self.kind, what, lambda: found.extend(context.attempt(self._find)))
        for each in found:
            context.try_or_note(each.kind, each.id, self._removal(context, each))

    def _find(self) -> Sequence[Resource]:
        """Return the resources that exist; none of a service that the deployment does not have."""
        try:
            return self.find()
        except NoServiceError as error:
            LOG.warning("instance %s: no %s to delete: %s", self._instance.instance_id, self.plural, error)
            return ()

    def _removal(self, context: FlowContext, resource: Resource) -> Callable[[], None]:
        return lambda: self.remove(context, resource)

    def find(self) -> Sequence[Resource]:
        """Return the resources that exist."""
        raise NotImplementedError

    def remove(self, context: FlowContext, resource: Resource) -> None:
        """Delete one of them, and return when it is gone."""
        raise NotImplementedError


class CheckNothingIsLeft(Step):
    """Raise what could not be deleted."""

    def __init__(self, operation: str = "delete") -> None:
        super().__init__(f"{operation}/instance/check", "check that nothing is left")

    def execute(self, context: FlowContext) -> None:
        """Raise LeftoversError if anything is left."""
        if context.leftovers:
            raise LeftoversError(context.leftovers)
