"""The step that deletes the floating IP. One is added together with the rules: see ``security_group``."""

from typing import Any

from trove_resources.clouds.orchestration import StackRef
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator import stack_update
from trove_resources.orchestrator.access_update import RELEASE, update_of
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change


class DeleteFloatingIp(Step):
    """Delete the floating IP, as the last step: the address may not be available again."""

    kind = ResourceKind.FLOATING_IP

    def __init__(self, stacks: Stacks) -> None:
        super().__init__(
            "update_access/floating_ip/delete", "delete the floating IP", requires=["stack_path", "closed_template"]
        )
        self._stacks = stacks

    def execute(self, context: FlowContext, stack_path: str, closed_template: dict[str, Any]) -> None:
        """Update the stack to a template without it."""
        context.check_stop()
        template = change.without_floating_ip(closed_template)
        update = update_of(self._stacks, RELEASE, closed_template, template)
        stack_update.run_removal(context, self._stacks, StackRef.of(stack_path), update)
