"""The step that reboots a server."""

from trove_resources.clouds.orchestration import StackRef
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator import signals
from trove_resources.orchestrator.stacks import Stacks


class RebootServer(Step):
    """Have the plug-in reboot the server; a server that is not ACTIVE is rebooted hard."""

    kind = ResourceKind.SERVER

    def __init__(self, stacks: Stacks) -> None:
        super().__init__("reboot/server/reboot", "reboot the server", requires=["stack_path"])
        self._stacks = stacks

    def execute(self, context: FlowContext, stack_path: str) -> None:
        """Return when it is ACTIVE."""
        context.check_stop()
        seconds = self._stacks.settings.reboot_seconds
        signals.send_and_wait(context, self._stacks.heat, StackRef.of(stack_path), "reboot", seconds=seconds)
