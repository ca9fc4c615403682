"""What the router does itself: it checks that an instance has one owner."""

import logging

from trove_resources import markers
from trove_resources.clouds.orchestration import Orchestration
from trove_resources.errors import CloudError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind

LOG = logging.getLogger(__name__)


class CheckNoStack(Step):
    """Check that no stack exists for an instance whose row says native. A Heat that does not answer is no obstacle."""

    kind = ResourceKind.STACK

    def __init__(self, heat: Orchestration, operation: str, instance: InstanceRef) -> None:
        super().__init__(f"{operation}/stack/check", "check that no stack exists for the instance")
        self._heat, self._instance = heat, instance

    def execute(self, context: FlowContext) -> None:
        """Raise ResourceFailedError when one exists."""
        context.check_stop()
        name = markers.resource_name(self._instance.instance_id)
        try:
            found = self._heat.find(name)
        except CloudError as error:
            LOG.warning(
                "instance %s: cannot check whether a stack exists for it: %s", self._instance.instance_id, error
            )
            return
        for stack in found:
            if markers.ENGINE_TAG in stack.tags:
                fault = (
                    f"it has the instance, but the row says {self._instance.engine or 'nothing'}. One of them is wrong:"
                    " set provisioning_engine and stack_id in the row, or abandon the stack. Nothing was changed"
                )
                raise ResourceFailedError(
                    kind=ResourceKind.STACK,
                    resource_id=stack.ref.name,
                    status=f"{stack.action}_{stack.status}",
                    fault=fault,
                )
