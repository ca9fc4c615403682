"""A server on its way to another flavor or host, and back."""

from abc import abstractmethod
from collections.abc import Callable

from trove_resources.clouds.compute import Compute
from trove_resources.errors import CloudError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef, Server
from trove_resources.native.steps.server import await_server, check_no_error, failed, is_active, server_of
from trove_resources.settings import Settings
from trove_resources.spec import FlavorSpec

MOVED = "VERIFY_RESIZE"
"""Nova's status of a server that is on the new flavor, or host, and waits to be confirmed or reverted."""
_MOVING = frozenset({"RESIZE", MOVED, "MIGRATING"})


class MoveServer(Step):
    """Ask Nova to move the server, and wait until it has; undone, it is where it was."""

    operation = "move"
    title = "move the server"

    def __init__(self, compute: Compute, settings: Settings, instance: InstanceRef) -> None:
        super().__init__(f"{self.operation}/server/move", self.title, provides="moved_server_id")
        self._compute, self._settings, self._instance = compute, settings, instance

    @abstractmethod
    def ask(self, server_id: str) -> None:
        """Ask Nova for it."""

    def check_moved(self, server: Server) -> None:
        """Raise ResourceFailedError when the server is not what was asked for."""

    def execute(self, context: FlowContext) -> str:
        """Return the server's id."""
        context.check_stop()
        server_id = context.attempt(self._ask_once).id
        server = await_server(
            context,
            self._compute,
            server_id,
            f"to be {MOVED}",
            self._has_moved,
            seconds=self._settings.move_seconds,
            check=context.check_stop,
        )
        self.check_moved(server)
        return server_id

    def revert(self, context: FlowContext, **_: object) -> None:
        """Take the server back, whatever became of it."""
        context.try_or_note("server", self._instance.server_id or "", lambda: self._take_back(context))

    def _ask_once(self) -> Server:
        server = server_of(self._compute, self._instance)
        if server.status not in _MOVING and server.task_state is None:
            if server.status != "ACTIVE":
                raise failed(server, f"it has to be ACTIVE to {self.title}")
            self.ask(server.id)
        return server

    def _has_moved(self, server: Server) -> bool:
        check_no_error(server)
        if server.status in ("ACTIVE", "SHUTOFF") and server.task_state is None:
            # Nova has given up: the server is as before, and nothing is under way.
            raise failed(server, _why(lambda: self._compute.last_failure(server.id)) or "Nova gave it back as it was")
        return server.status == MOVED and server.task_state is None

    def _take_back(self, context: FlowContext) -> None:
        server = context.attempt(lambda: server_of(self._compute, self._instance))
        if not _rests(server):
            server = self._await(context, server.id, "to be at rest", _rests)
        if server.status == MOVED:
            context.attempt(lambda: self._revert_once(server.id))
            server = self._await(context, server.id, "to be back", lambda seen: _rests(seen) and seen.status != MOVED)
        if server.status == "ERROR":
            # What Nova left half-way on its own: a hard reboot is how it is taken up again.
            context.attempt(lambda: self._compute.reboot_server(server.id, hard=True))
            server = self._await(context, server.id, "to be ACTIVE", is_active)

    def _revert_once(self, server_id: str) -> None:
        server = self._compute.server(server_id)
        if server is not None and server.status == MOVED and server.task_state is None:
            self._compute.revert_resize(server_id)

    def _await(self, context: FlowContext, server_id: str, goal: str, arrived: Callable[[Server], bool]) -> Server:
        return await_server(context, self._compute, server_id, goal, arrived, seconds=self._settings.revert_seconds)


class ResizeServer(MoveServer):
    """The server gets another flavor."""

    operation = "resize_flavor"
    title = "resize the server"

    def __init__(self, compute: Compute, settings: Settings, instance: InstanceRef, flavor: FlavorSpec) -> None:
        super().__init__(compute, settings, instance)
        self._flavor = flavor

    def ask(self, server_id: str) -> None:
        """Ask for the flavor."""
        self._compute.resize_server(server_id, self._flavor.id)

    def check_moved(self, server: Server) -> None:
        """Refuse another flavor than the one asked for: an earlier resize nobody confirmed."""
        if server.flavor not in (None, self._flavor.name):
            raise failed(server, f"it has the flavor {server.flavor}, not {self._flavor.name}")


class MigrateServer(MoveServer):
    """The server goes to another host."""

    operation = "migrate"
    title = "migrate the server"

    def __init__(self, compute: Compute, settings: Settings, instance: InstanceRef, host: str | None) -> None:
        super().__init__(compute, settings, instance)
        self._host = host

    def ask(self, server_id: str) -> None:
        """Ask for the host, or for any."""
        self._compute.migrate_server(server_id, self._host)


class ConfirmMove(Step):
    """Keep the server where it is now. What Nova has accepted is not undone any more."""

    def __init__(self, compute: Compute, operation: str, *, flavor_id: str | None = None) -> None:
        super().__init__(f"{operation}/server/confirm", "confirm the new server", requires=["moved_server_id"])
        self._compute, self._flavor_id = compute, flavor_id
        self.announces = "flavor_id" if flavor_id else None

    def execute(self, context: FlowContext, moved_server_id: str) -> str | None:
        """Return the flavor's id, if it is about the flavor."""
        context.check_stop()
        context.attempt(lambda: self._confirm_once(moved_server_id))
        return self._flavor_id

    def _confirm_once(self, server_id: str) -> None:
        server = self._compute.server(server_id)
        if server is None:
            raise ResourceFailedError(kind="server", resource_id=server_id, status="not there", fault="it is gone")
        # The answer to an earlier attempt may have been lost.
        if server.status == MOVED:
            self._compute.confirm_resize(server_id)


class AwaitConfirmed(Step):
    """Wait until Nova has removed what the server left behind, and lets it be used again."""

    def __init__(self, compute: Compute, settings: Settings, operation: str) -> None:
        super().__init__(f"{operation}/server/active", "wait for the server", requires=["moved_server_id"])
        self._compute, self._settings = compute, settings

    def execute(self, context: FlowContext, moved_server_id: str) -> None:
        """Return when it is ACTIVE."""
        seconds = self._settings.move_seconds
        await_server(context, self._compute, moved_server_id, "to be ACTIVE", is_active, seconds=seconds)


def _rests(server: Server) -> bool:
    """Say whether nothing is under way with a server."""
    return server.task_state is None and server.status in ("ACTIVE", "SHUTOFF", "ERROR", MOVED)


def _why(ask: Callable[[], str | None]) -> str | None:
    try:
        return ask()
    except CloudError:
        return None
