"""A server rebooted."""

from trove_resources.clouds.compute import Compute
from trove_resources.flows.context import FlowContext
from trove_resources.flows.servers import (
    ask_once,
    await_server,
    is_active,
    is_rebooting,
    name_of,
    server_of,
    start_by_force,
)
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef, Server
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings


class RebootServer(Step):
    """Reboot the server: softly if it is ACTIVE, else with a hard reboot."""

    kind = ResourceKind.SERVER

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
        """Hard-reboot a server that the reboot left down or hanging, unless the instance is being deleted."""
        if not context.stop.is_set():
            context.try_or_note(self.kind, name_of(self._instance), lambda: self._start(context))

    def _ask(self, server: Server) -> None:
        if not is_rebooting(server):
            self._compute.reboot_server(server.id, hard=server.status != "ACTIVE")

    def _start(self, context: FlowContext) -> None:
        server = context.attempt(lambda: server_of(self._compute, self._instance))
        if server.status == "ERROR" or is_rebooting(server):
            start_by_force(context, self._compute, self._instance, seconds=self._settings.reboot_seconds)
