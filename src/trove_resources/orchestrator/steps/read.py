"""The stack as it is, before an operation changes one thing of it."""

from typing import Any

from trove_resources.clouds.orchestration import StackRef
from trove_resources.clouds.service import Json
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.orchestrator.signals import check_signals
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change, names
from trove_resources.spec import FlavorSpec


class ReadStack(Step):
    """Find the stack, see that it can be worked with, and read its template back.

    With the ``flavor`` it is to be resized to, a stack that says that one of a server that has another is corrected.
    Provides ``stack_path``, its name and id, and ``former_template``, without a secret: those are hidden parameters.
    """

    def __init__(
        self, stacks: Stacks, instance: InstanceRef, operation: str, *, flavor: FlavorSpec | None = None
    ) -> None:
        super().__init__(f"{operation}/stack/read", "read the stack", provides=("stack_path", "former_template"))
        self._stacks, self._instance, self._operation = stacks, instance, operation
        self._flavor = flavor

    def execute(self, context: FlowContext) -> tuple[str, dict[str, Any]]:
        """Return both. Raises ResourceFailedError when the stack is not there, at work, or cannot be made well.

        Raises OperationIsNotSupported for a signal to a server that takes none.
        """
        context.check_stop()
        ref = self._stacks.ready(context, self._instance).ref
        template = self._stacks.template(context, ref)
        check_signals(template["resources"][names.SERVER]["type"], self._operation)
        if self._flavor is not None and self._has_another(context, ref, template, self._flavor):
            # Somebody resized the server without Heat.
            self._stacks.correct_flavor(context, ref)
            template = self._stacks.template(context, ref)
        return str(ref), template

    def _has_another(self, context: FlowContext, ref: StackRef, template: Json, flavor: FlavorSpec) -> bool:
        """Say whether a server has another flavor than the stack, which says the one that is wanted."""
        if change.properties(template, names.SERVER).get("flavor") != flavor.id:
            return False
        shown = context.attempt(lambda: self._stacks.heat.shown(ref, names.SERVER))
        return bool(shown) and shown.get("flavor", {}).get("original_name") != flavor.name
