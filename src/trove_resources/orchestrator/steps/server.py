"""What is done to the server by a signal: rebooted, rebuilt."""

from typing import Any

from trove_resources.clouds import rows
from trove_resources.clouds.orchestration import StackRef
from trove_resources.errors import ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.orchestrator import signals, stack_update
from trove_resources.orchestrator.stack_update import Update
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change, names, user_data
from trove_resources.spec import Nic, RebuildSpec

_USER_PORT = names.port("user")


class RebootServer(Step):
    """Have the plug-in reboot the server, by force if it does not run."""

    def __init__(self, stacks: Stacks) -> None:
        super().__init__("reboot/server/reboot", "reboot the server", requires=["stack_path"])
        self._stacks = stacks

    def execute(self, context: FlowContext, stack_path: str) -> None:
        """Return when it is ACTIVE."""
        context.check_stop()
        seconds = self._stacks.settings.reboot_seconds
        signals.send_and_wait(context, self._stacks.heat, StackRef.of(stack_path), "reboot", seconds=seconds)


class RebuildServer(Step):
    """Have the plug-in put the server on another image, with other user data."""

    def __init__(self, stacks: Stacks, spec: RebuildSpec) -> None:
        super().__init__("rebuild/server/rebuild", "rebuild the server", requires=["stack_path", "former_template"])
        self._stacks, self._spec = stacks, spec

    def execute(self, context: FlowContext, stack_path: str, former_template: dict[str, Any]) -> None:
        """Return when it is ACTIVE."""
        context.check_stop()
        heat, ref, spec = self._stacks.heat, StackRef.of(stack_path), self._spec
        nic = None
        if spec.isolated and _USER_PORT in former_template["resources"]:
            nic = context.attempt(lambda: self._nic(ref))
        details = {"image": spec.image_id, "user_data": spec.user_data(nic)}
        seconds = self._stacks.settings.server_seconds
        signals.send_and_wait(context, heat, ref, "rebuild", seconds=seconds, **details)
        if context.attempt(lambda: heat.shown(ref, names.SERVER)).get("status") != "ACTIVE":
            # Nova leaves a server off that was.
            signals.send_and_wait(context, heat, ref, "reboot", seconds=self._stacks.settings.reboot_seconds)

    def _nic(self, ref: StackRef) -> Nic:
        """Return what user data says of the user port."""
        wanted = ("mac_address", "fixed_ips", "subnets")
        found = self._stacks.heat.resource(ref, _USER_PORT, attributes=wanted)
        mac_address, fixed_ips, subnets = (found.attributes.get(name) for name in wanted)
        if not (mac_address and fixed_ips and subnets):
            fault = "it is gone; delete the instance, or restore a backup of it"
            port = found.physical_id or ref.name
            raise ResourceFailedError(kind="user port", resource_id=port, status="not there", fault=fault)
        addresses = [each["ip_address"] for each in fixed_ips]
        return rows.nic(mac_address, zip(subnets, addresses, strict=True))


class WriteDownRebuild(Step):
    """Have the stack say what its server was rebuilt from: the plug-in writes it down, and rebuilds nothing again."""

    def __init__(self, stacks: Stacks, spec: RebuildSpec) -> None:
        super().__init__("rebuild/stack/update", "write the new image down", requires=["stack_path", "former_template"])
        self._stacks, self._spec = stacks, spec

    def execute(self, context: FlowContext, stack_path: str, former_template: dict[str, Any]) -> None:
        """Update the stack."""
        spec = self._spec
        text, property_ = user_data.render(spec.user_data, isolated=spec.isolated)
        template = change.with_user_data(change.with_image(former_template, spec.image_id), property_)
        server = ("resources", names.SERVER, "properties")
        update = Update(
            what="image",
            before=former_template,
            template=template,
            allowed=((*server, "image"), (*server, "user_data")),
            parameters={names.USER_DATA: text},
            seconds=self._stacks.settings.access_seconds,
            rollback=False,
        )
        stack_update.run(context, self._stacks, StackRef.of(stack_path), update)
