"""A server rebooted, or rebuilt, in its place."""

from typing import Any

from trove_resources.clouds import Clouds
from trove_resources.clouds.compute import Compute
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef, Server
from trove_resources.native.steps.server import await_server, is_active, server_of
from trove_resources.settings import Settings
from trove_resources.spec import RebuildSpec

_REBOOTING = ("REBOOT", "HARD_REBOOT")


class RebootServer(Step):
    """Reboot the server, softly if it runs; one that does not is started by a hard reboot."""

    def __init__(self, compute: Compute, settings: Settings, instance: InstanceRef) -> None:
        super().__init__("reboot/server/reboot", "reboot the server")
        self._compute, self._settings, self._instance = compute, settings, instance

    def execute(self, context: FlowContext) -> None:
        """Return when it is ACTIVE again."""
        context.check_stop()
        server = context.attempt(self._ask_once)
        seconds, check = self._settings.reboot_seconds, context.check_stop
        await_server(context, self._compute, server.id, "to be ACTIVE", is_active, seconds=seconds, check=check)

    def _ask_once(self) -> Server:
        server = server_of(self._compute, self._instance)
        # The answer to an earlier attempt may have been lost.
        if server.status not in _REBOOTING:
            self._compute.reboot_server(server.id, hard=server.status != "ACTIVE")
        return server


class RebuildServer(Step):
    """Put the server on another image, with fresh user data. The old root disk is gone then: no way back."""

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, spec: RebuildSpec) -> None:
        super().__init__("rebuild/server/rebuild", "rebuild the server")
        self._clouds, self._settings, self._instance, self._spec = clouds, settings, instance, spec

    def execute(self, context: FlowContext) -> None:
        """Return when it is ACTIVE, on the image."""
        context.check_stop()
        user_data = self._spec.user_data(self._nic(context) if self._spec.isolated else None)
        server = context.attempt(lambda: self._ask_once(user_data))
        seconds = self._settings.server_seconds
        await_server(context, self._clouds.compute, server.id, "to be ACTIVE", is_active, seconds=seconds)

    def _ask_once(self, user_data: str) -> Server:
        compute = self._clouds.compute
        server = server_of(compute, self._instance)
        if server.status != "REBUILD":
            boots_from_volume = server.image_id is None
            compute.rebuild_server(server.id, self._spec.image_id, user_data, boots_from_volume=boots_from_volume)
        return server

    def _nic(self, context: FlowContext) -> Any:
        """Return what user data says of the user port, as it is now."""
        network = self._clouds.network
        ports = context.attempt(lambda: network.find_ports(self._instance.instance_id))
        user = next((port for port in ports if port.role == "user"), None)
        # Where the user port is the only one it is not isolated from anything.
        if user is None or len(ports) == 1:
            return None
        return context.attempt(lambda: network.nic(user.mac_address, user.addresses))
