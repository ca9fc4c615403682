"""Steps: what flows are made of."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from taskflow.task import Task

from trove_resources.errors import AmbiguousOwnerError
from trove_resources.flows.context import FlowContext
from trove_resources.kinds import ResourceKind

V = TypeVar("V")


class Step(Task):  # type: ignore[misc]  # TaskFlow is not typed
    """A step with a stable name, ``<operation>/<role>/<step>``, and a title for people.

    A subclass defines ``execute(self, context, ...)``, with what it requires as further arguments, and, if it changes
    something, ``revert(self, context, **_)``, which never raises. What a step needs later is in the result of
    ``execute``: the step may be built again in another process before it is undone.
    """

    kind: ResourceKind | None = None
    """The kind of resource the step is about."""
    announces: str | None = None
    """The name under which the caller writes the result down before the next step begins."""

    def __init__(self, name: str, title: str, **taskflow: Any) -> None:
        super().__init__(name=name, **taskflow)
        self.title = title


@dataclass(frozen=True, slots=True)
class Found(Generic[V]):
    """A resource that carries the instance's owner marker."""

    resource_id: str
    of_task: bool
    """Whether it carries the marker of the running task, too."""
    value: V
    """The result of the step that would have created it."""


def found_id(resource_id: str, *, of_task: bool) -> Found[str]:
    """Return a resource whose create results in its id."""
    return Found(resource_id, of_task, resource_id)


class CreateStep(Step, Generic[V]):
    """A step that creates one resource. It looks for its own earlier result first, and creates last.

    A subclass says how to find its resource by owner marker (``find``) and how to remove it (``remove``). Its
    ``execute`` ends in :meth:`find_or_create`.
    """

    kind: ResourceKind

    @abstractmethod
    def find(self, context: FlowContext, **given: Any) -> Sequence[Found[V]]:
        """Return the resources that exist, by owner marker. ``given`` is what ``execute`` requires."""

    @abstractmethod
    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete a resource, and return when it is gone."""

    def find_or_create(self, context: FlowContext, create: Callable[[], V], **given: Any) -> V:
        """Return the result for the resource that exists already, or what ``create`` returns.

        Raises AmbiguousOwnerError when several exist, and what ``create`` raises.
        """
        context.check_stop()

        def look_then_create() -> V:
            found = self.find(context, **given)
            if len(found) > 1:
                raise AmbiguousOwnerError(
                    kind=self.kind,
                    owner=f"instance {context.owner.instance_id}",
                    resource_ids=[each.resource_id for each in found],
                )
            return found[0].value if found else create()

        return context.attempt(look_then_create)

    def revert(self, context: FlowContext, result: object = None, flow_failures: object = None, **given: Any) -> None:  # noqa: ARG002 - TaskFlow passes them
        """Remove what carries the task's marker, whether this run of the task created it or an earlier one."""
        found: list[Found[V]] = []
        what = f"of instance {context.owner.instance_id}"
        look = lambda: found.extend(context.attempt(lambda: self.find(context, **given)))  # noqa: E731
        context.try_or_note(self.kind, what, look)
        for each in found:
            if each.of_task:
                self._remove(context, each.resource_id)

    def _remove(self, context: FlowContext, resource_id: str) -> None:
        context.try_or_note(self.kind, resource_id, lambda: self.remove(context, resource_id))
