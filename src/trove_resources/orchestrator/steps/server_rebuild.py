"""Steps that rebuild a server from another image."""

from typing import Any

from trove_resources.clouds import rows
from trove_resources.clouds.orchestration import StackRef
from trove_resources.errors import ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator import signals, stack_update
from trove_resources.orchestrator.stack_update import Update
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change, names, user_data
from trove_resources.spec import Nic, RebuildSpec

_SERVER = ("resources", names.SERVER, "properties")


class RebuildServer(Step):
    """Have the plug-in rebuild the server from the image, with new user data."""

    kind = ResourceKind.SERVER

    def __init__(self, stacks: Stacks, spec: RebuildSpec) -> None:
        super().__init__("rebuild/server/rebuild", "rebuild the server", requires=["stack_path", "former_template"])
        self._stacks, self._spec = stacks, spec

    def execute(self, context: FlowContext, stack_path: str, former_template: dict[str, Any]) -> None:
        """Return when it is ACTIVE."""
        context.check_stop()
        heat, ref, spec = self._stacks.heat, StackRef.of(stack_path), self._spec
        nic = None
        if spec.isolated and names.USER_PORT in former_template["resources"]:
            nic = context.attempt(lambda: self._nic(ref))
        details = {"image": spec.image_id, "user_data": spec.user_data(nic)}
        seconds = self._stacks.settings.server_seconds
        signals.send_and_wait(context, heat, ref, "rebuild", seconds=seconds, **details)
        if context.attempt(lambda: heat.show_resource(ref, names.SERVER)).get("status") != "ACTIVE":
            # Nova does not start a server that was off before the rebuild.
            signals.send_and_wait(context, heat, ref, "reboot", seconds=self._stacks.settings.reboot_seconds)

    def _nic(self, ref: StackRef) -> Nic:
        """Return the description of the user port, for the user data."""
        wanted = ("mac_address", "fixed_ips", "subnets")
        found = self._stacks.heat.resource(ref, names.USER_PORT, attributes=wanted)
        mac_address, fixed_ips, subnets = (found.attributes.get(name) for name in wanted)
        if not (mac_address and fixed_ips and subnets):
            raise ResourceFailedError(
                kind=ResourceKind.USER_PORT,
                resource_id=found.physical_id or ref.name,
                status="not found",
                fault="it was deleted; delete the instance, or restore a backup of it",
            )
        addresses = [each["ip_address"] for each in fixed_ips]
        return rows.nic(mac_address, zip(subnets, addresses, strict=True))


class WriteDownRebuild(Step):
    """Update the stack's template to the new image and user data. The plug-in does not rebuild the server again."""

    kind = ResourceKind.STACK

    def __init__(self, stacks: Stacks, spec: RebuildSpec) -> None:
        super().__init__("rebuild/stack/update", "write down the new image", requires=["stack_path", "former_template"])
        self._stacks, self._spec = stacks, spec

    def execute(self, context: FlowContext, stack_path: str, former_template: dict[str, Any]) -> None:
        """Update the stack."""
        spec = self._spec
        text, property_ = user_data.render(spec.user_data, isolated=spec.isolated)
        template = change.with_user_data(change.with_image(former_template, spec.image_id), property_)
        update = Update(
            name="image",
            before=former_template,
            template=template,
            allowed=((*_SERVER, "image"), (*_SERVER, "user_data")),
            parameters={names.USER_DATA: text},
            seconds=self._stacks.settings.access_seconds,
            rollback=False,
        )
        stack_update.run(context, self._stacks, StackRef.of(stack_path), update)
