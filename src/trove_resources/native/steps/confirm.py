"""A server that moved, kept where it is now: from there is no way back."""

from trove_resources.clouds.compute import Compute
from trove_resources.errors import RefusedError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import Server
from trove_resources.native.steps.server import await_server, check_no_error, failed
from trove_resources.settings import Settings

MOVED = "VERIFY_RESIZE"
"""Nova's status of a server that is on the new flavor, or host, and waits to be confirmed or reverted."""
WRONG_STATE = (400, 409)
"""How Nova refuses what a server's state does not allow."""


class ConfirmMove(Step):
    """Keep the server where it is now. What Nova has accepted is not undone any more."""

    def __init__(self, compute: Compute, operation: str, *, flavor_id: str | None = None) -> None:
        super().__init__(f"{operation}/server/confirm", "confirm the new server", requires=["moved_server_id"])
        self._compute, self._flavor_id = compute, flavor_id
        self.announces = "flavor_id" if flavor_id else None

    def execute(self, context: FlowContext, moved_server_id: str) -> str | None:
        """Return the flavor's id, if it is about the flavor."""
        context.check_stop()
        attempts: list[Server] = []
        context.attempt(lambda: self._confirm_once(moved_server_id, attempts))
        return self._flavor_id

    def _confirm_once(self, server_id: str, attempts: list[Server]) -> None:
        """Confirm it, unless that is done; ``attempts`` has the server as it was at those before."""
        server = self._compute.server(server_id)
        if server is None:
            raise ResourceFailedError(kind="server", resource_id=server_id, status="not there", fault="it is gone")
        if server.status == "ACTIVE":
            # The answer to an earlier attempt was lost.
            return
        if server.status != MOVED:
            raise failed(server, server.fault or f"it has to be {MOVED} to be confirmed")
        attempts.append(server)
        try:
            self._compute.confirm_resize(server_id)
        except RefusedError as error:
            # A server that is being confirmed looks as before, and Nova refuses to confirm it twice.
            if len(attempts) == 1 or error.status not in WRONG_STATE:
                raise


class AwaitConfirmed(Step):
    """Wait until Nova has removed what the server left behind, and lets it be used again."""

    def __init__(self, compute: Compute, settings: Settings, operation: str) -> None:
        super().__init__(f"{operation}/server/active", "wait for the server", requires=["moved_server_id"])
        self._compute, self._settings = compute, settings

    def execute(self, context: FlowContext, moved_server_id: str) -> None:
        """Return when it is ACTIVE. A stop waits: what is confirmed is not undone."""
        seconds = self._settings.move_seconds
        await_server(context, self._compute, moved_server_id, "to be ACTIVE", _is_used, seconds=seconds)


def _is_used(server: Server) -> bool:
    check_no_error(server)
    if server.status == "SHUTOFF" and server.task_state is None:
        raise failed(server, "it was switched off while it was confirmed")
    return server.status == "ACTIVE" and server.task_state is None
