"""Steps: what flows are made of."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from taskflow.task import Task

from trove_resources.errors import AmbiguousOwnerError
from trove_resources.flows.context import FlowContext


class Step(Task):  # type: ignore[misc]  # TaskFlow is not typed
    """A step with a stable name, ``<operation>/<role>/<step>``, and a title for people.

    A subclass defines ``execute(self, context, ...)``, with what it requires as further arguments, and, if it changes
    something, ``revert(self, context, **_)``, which never raises. ``announces`` is the name of a result the caller
    writes down at once.
    """

    announces: str | None = None

    def __init__(self, name: str, title: str, **taskflow: Any) -> None:
        super().__init__(name=name, **taskflow)
        self.title = title


@dataclass(frozen=True, slots=True)
class Found:
    """A resource that carries the instance's marker; ``of_task``: and the running task's."""

    resource_id: str
    of_task: bool


class CreateStep(Step):
    """A step that creates one resource: it looks for its own earlier result first, and creates last.

    A subclass says how its resource is found by owner marker (``find``), and removed, waiting until it is gone
    (``remove``); its ``execute`` ends in :meth:`find_or_create`.
    """

    kind = "resource"

    @abstractmethod
    def find(self, context: FlowContext) -> Sequence[Found]:
        """Return what is there of this resource, by the owner marker."""

    @abstractmethod
    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete a resource and return when it is gone."""

    def find_or_create(self, context: FlowContext, create: Callable[[], str]) -> str:
        """Return the id of the resource that is there already, or of a new one.

        Raises AmbiguousOwnerError when there are several, and what ``create`` raises.
        """
        context.check_stop()

        def look_then_create() -> str:
            found = self.find(context)
            if len(found) > 1:
                raise AmbiguousOwnerError(
                    kind=self.kind,
                    owner=f"instance {context.owner.instance_id}",
                    resource_ids=[each.resource_id for each in found],
                )
            return found[0].resource_id if found else create()

        return context.attempt(look_then_create)

    def revert(self, context: FlowContext, **_: object) -> None:
        """Remove what carries the task's marker, made by this run of the task or an earlier one."""
        found: list[Found] = []
        what = f"of instance {context.owner.instance_id}"
        context.try_or_note(self.kind, what, lambda: found.extend(context.attempt(lambda: self.find(context))))
        for each in found:
            if each.of_task:
                self._remove(context, each.resource_id)

    def _remove(self, context: FlowContext, resource_id: str) -> None:
        context.try_or_note(self.kind, resource_id, lambda: self.remove(context, resource_id))
