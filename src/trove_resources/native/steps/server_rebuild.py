"""A server rebuilt from another image."""

from typing import Any

from trove_resources.clouds import Clouds
from trove_resources.flows.context import FlowContext
from trove_resources.flows.servers import (
    ask_once,
    await_server,
    check_no_error,
    failed,
    name_of,
    server_of,
    start_by_force,
)
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef, Server
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings
from trove_resources.spec import RebuildSpec


class RebuildServer(Step):
    """Rebuild the server from another image, with new user data. The old root disk is lost: there is no way back."""

    kind = ResourceKind.SERVER

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
            # It was off before, and Nova leaves it off.
            start_by_force(context, compute, instance, seconds=settings.reboot_seconds)

    def revert(self, context: FlowContext, **_: object) -> None:
        """Record a server that is left half-way: there is no way back."""
        context.try_or_note(self.kind, name_of(self._instance), lambda: self._check(context))

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
        """Return what user data says about the user port, as it is now."""
        network = self._clouds.network
        ports = context.attempt(lambda: network.find_ports(self._instance.instance_id))
        user = next((port for port in ports if port.role == "user"), None)
        # A user port that is the only port is not isolated from anything.
        if user is None or len(ports) == 1:
            return None
        return context.attempt(lambda: network.nic(user.mac_address, user.addresses))


def _is_rebuilt(server: Server) -> bool:
    check_no_error(server)
    return server.status in ("ACTIVE", "SHUTOFF") and server.task_state is None
