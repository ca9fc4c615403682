"""What the router sees to itself: that an instance has one owner, and where its server group stands."""

import logging

from trove_resources import markers
from trove_resources.clouds import Clouds
from trove_resources.clouds.orchestration import Orchestration, Stack
from trove_resources.errors import CloudError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.orchestrator.stack_delete import delete_stack
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.settings import Settings

LOG = logging.getLogger(__name__)


class CheckNoStack(Step):
    """See that no stack has an instance whose row says native. A Heat that does not answer is no obstacle."""

    def __init__(self, heat: Orchestration, operation: str, instance: InstanceRef) -> None:
        super().__init__(f"{operation}/stack/check", "see that no stack has the instance")
        self._heat, self._instance = heat, instance

    def execute(self, context: FlowContext) -> None:
        """Raise ResourceFailedError when one has it."""
        context.check_stop()
        name = markers.resource_name(self._instance.instance_id)
        try:
            found = self._heat.find(name)
        except CloudError as error:
            LOG.warning("instance %s: whether a stack has it is not known: %s", self._instance.instance_id, error)
            return
        for stack in found:
            if markers.ENGINE_TAG in stack.tags:
                fault = (
                    f"it has the instance, and the row says {self._instance.engine or 'nothing'}. One of them is wrong:"
                    " set provisioning_engine and stack_id in the row, or abandon the stack. Nothing was done"
                )
                raise ResourceFailedError(
                    kind="stack", resource_id=stack.ref.name, status=f"{stack.action}_{stack.status}", fault=fault
                )


class RemoveGroup:
    """Removes a server group with its stack, or by itself where it has none."""

    def __init__(self, clouds: Clouds, settings: Settings) -> None:
        self._clouds, self._stacks = clouds, Stacks(clouds.orchestration, settings, clouds.compute)

    def __call__(self, context: FlowContext, group_id: str) -> None:
        """Return when it is gone."""
        for stack in self._found(group_id):
            delete_stack(context, self._stacks, stack.ref)
        context.ensure_gone(lambda: self._clouds.compute.delete_group(group_id))

    def _found(self, group_id: str) -> list[Stack]:
        """Return the stack of a group; none where Heat does not answer: it may have none, and Nova goes on."""
        tag = markers.group_tag(group_id)
        try:
            return self._stacks.heat.find_tagged(tag)
        except CloudError as error:
            LOG.warning("the server group %s goes; if a stack has the tag %s, delete it: %s", group_id, tag, error)
            return []
