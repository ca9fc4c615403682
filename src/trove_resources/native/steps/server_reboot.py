"""A server rebooted, or rebuilt, in its place."""

from typing import Any

from trove_resources.clouds import Clouds
from trove_resources.clouds.compute import Compute
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef, Server
from trove_resources.native.steps.server import (
    ask_once,
    await_server,
    check_no_error,
    failed,
    is_active,
    is_rebooting,
    name_of,
    server_of,
    start_by_force,
)
from trove_resources.settings import Settings
from trove_resources.spec import RebuildSpec


class RebootServer(Step):
    """Reboot the server, softly if it runs; one that does not is started by a hard reboot."""

    def __init__(self, compute: Compute, settings: Settings, instance: InstanceRef) -> None:
        super().__init__("reboot/server/reboot", "reboot the server")
        self._compute, self._settings, self._instance = compute, settings, instance

    def execute(self, context: FlowContext) -> None:
        """Return when it is ACTIVE again."""
        context.check_stop()
        server = ask_once(context, self._compute, self._instance, "reboot", self._ask)
        seconds, check = self._settings.reboot_seconds, context.check_stop
        await_server(context, self._compute, server.id, "to be ACTIVE", is_active, seconds=seconds, check=check)

    def revert(self, context: FlowContext, **_: object) -> None:
        """Start a server by force that the reboot left down, or hanging; one that is to be deleted may hang."""
        if not context.stop.is_set():
            context.try_or_note("server", name_of(self._instance), lambda: self._start(context))

    def _ask(self, server: Server) -> None:
        if not is_rebooting(server):
            self._compute.reboot_server(server.id, hard=server.status != "ACTIVE")

    def _start(self, context: FlowContext) -> None:
        server = context.attempt(lambda: server_of(self._compute, self._instance))
        if server.status == "ERROR" or is_rebooting(server):
            start_by_force(context, self._compute, self._instance, seconds=self._settings.reboot_seconds)


class RebuildServer(Step):
    """Put the server on another image, with fresh user data. The old root disk is gone then: no way back."""

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, spec: RebuildSpec) -> None:
        super().__init__("rebuild/server/rebuild", "rebuild the server")
        self._clouds, self._settings, self._instance, self._spec = clouds, settings, instance, spec

    def execute(self, context: FlowContext) -> None:
        """Return when it is ACTIVE, on the image."""
        context.check_stop()
        compute, settings, instance = self._clouds.compute, self._settings, self._instance
        user_data = self._spec.user_data(self._nic(context) if self._spec.isolated else None)
        asked = ask_once(context, compute, instance, "rebuild", lambda server: self._ask(server, user_data))
        goal, seconds = "to be rebuilt", settings.server_seconds
        server = await_server(context, compute, asked.id, goal, _is_rebuilt, seconds=seconds)
        if server.status == "SHUTOFF":
            # It was off before, and Nova leaves it so.
            start_by_force(context, compute, instance, seconds=settings.reboot_seconds)

    def revert(self, context: FlowContext, **_: object) -> None:
        """Say so if the server is half-way: there is no way back."""
        context.try_or_note("server", name_of(self._instance), lambda: self._check(context))

    def _ask(self, server: Server, user_data: str) -> None:
        if server.status != "REBUILD":
            from_volume = server.image_id is None
            self._clouds.compute.rebuild_server(
                server.id, self._spec.image_id, user_data, boots_from_volume=from_volume
            )

    def _check(self, context: FlowContext) -> None:
        server = context.attempt(lambda: server_of(self._clouds.compute, self._instance))
        if server.status not in ("ACTIVE", "SHUTOFF"):
            raise failed(server, server.fault or "a rebuild cannot be undone; rebuild it again")

    def _nic(self, context: FlowContext) -> Any:
        """Return what user data says of the user port, as it is now."""
        network = self._clouds.network
        ports = context.attempt(lambda: network.find_ports(self._instance.instance_id))
        user = next((port for port in ports if port.role == "user"), None)
        # Where the user port is the only one it is not isolated from anything.
        if user is None or len(ports) == 1:
            return None
        return context.attempt(lambda: network.nic(user.mac_address, user.addresses))


def _is_rebuilt(server: Server) -> bool:
    check_no_error(server)
    return server.status in ("ACTIVE", "SHUTOFF") and server.task_state is None
