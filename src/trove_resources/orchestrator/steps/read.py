"""The stack as it is, before an operation changes one thing of it."""

from typing import Any

from trove_resources.clouds.orchestration import StackRef
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.orchestrator.signals import check_signals
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import names


class ReadStack(Step):
    """Find the stack, see that it can be worked with, and read its template back.

    Provides ``stack_path``, its name and id, and ``former_template``, without a secret: those are hidden parameters.
    """

    def __init__(self, stacks: Stacks, instance: InstanceRef, operation: str) -> None:
        super().__init__(f"{operation}/stack/read", "read the stack", provides=("stack_path", "former_template"))
        self._stacks, self._instance, self._operation = stacks, instance, operation

    def execute(self, context: FlowContext) -> tuple[str, dict[str, Any]]:
        """Return both. Raises ResourceFailedError when the stack is not there, at work, or cannot be made well.

        Raises OperationIsNotSupported for a signal to a server that takes none.
        """
        context.check_stop()
        ref = self._stacks.ready(context, self._instance).ref
        template = self._stacks.template(context, ref)
        check_signals(template["resources"][names.SERVER]["type"], self._operation)
        return str(ref), template


def ref_of(stack_path: str) -> StackRef:
    """Return the stack that ``stack_path`` tells."""
    return StackRef.of(stack_path)
