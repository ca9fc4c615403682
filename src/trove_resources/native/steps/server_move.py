"""A server on its way to another flavor or host, and back."""

from abc import abstractmethod
from collections.abc import Callable

from trove_resources.clouds import Clouds
from trove_resources.errors import CloudError, DeadlineExceededError, RefusedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef, Server
from trove_resources.native.steps.confirm import MOVED, WRONG_STATE
from trove_resources.native.steps.server import await_server, check_no_error, failed, name_of, server_of, start_by_force
from trove_resources.settings import Settings
from trove_resources.spec import FlavorSpec

_MOVING = frozenset({"RESIZE", MOVED, "MIGRATING"})


class MoveServer(Step):
    """Ask Nova to move the server, and wait until it has; undone, it is where it was."""

    operation = "move"
    title = "move the server"
    action = ""
    """Nova's name of it in its record of actions."""

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef) -> None:
        super().__init__(f"{self.operation}/server/move", self.title, provides="moved_server_id")
        self._compute, self._volumes, self._settings = clouds.compute, clouds.volume, settings
        self._instance = instance
        self._asked = False

    @abstractmethod
    def ask(self, server_id: str) -> None:
        """Ask Nova for it."""

    def is_there(self, server: Server) -> bool:  # noqa: ARG002 - a server can always be moved to another host
        """Say whether a server is where it is to go: an earlier run of the task went that far."""
        return False

    def check_moved(self, server: Server) -> None:
        """Raise ResourceFailedError when a server that moved is not what was asked for."""

    def check_back(self, context: FlowContext, server: Server) -> None:
        """Raise ResourceFailedError when a server that is at rest was not taken back."""

    def execute(self, context: FlowContext) -> str:
        """Return the server's id."""
        context.check_stop()
        server, is_there = context.attempt(self._ask_once)
        if not is_there:
            seconds, check = self._settings.move_seconds, context.check_stop
            goal, arrived = f"to be {MOVED}", self._has_moved
            moved = await_server(context, self._compute, server.id, goal, arrived, seconds=seconds, check=check)
            self.check_moved(moved)
        return server.id

    def revert(self, context: FlowContext, **_: object) -> None:
        """Take the server back, whatever became of it."""
        context.try_or_note("server", name_of(self._instance), lambda: self._take_back(context))

    def _ask_once(self) -> tuple[Server, bool]:
        """Return the server as it was, and whether it was where it is to go."""
        server = server_of(self._compute, self._instance)
        if server.status in _MOVING:
            # The answer to an earlier attempt was lost, or the task began before.
            self._check_ours(server)
        elif self.is_there(server):
            return server, True
        elif server.status != "ACTIVE":
            raise failed(server, f"it has to be ACTIVE to {self.title}")
        else:
            self._asked = True
            self.ask(server.id)
        return server, False

    def _check_ours(self, server: Server) -> None:
        latest = None if self._asked else self._compute.latest_action(server.id)
        if latest is not None and latest.name != self.action:
            raise failed(server, f"Nova is not done with its {latest.name}; confirm or revert that first")

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
            server = self._revert_move(context, server)
        if server.status == "ERROR" or (server.status == "SHUTOFF" and self._asked):
            # What Nova left half-way on its own: a hard reboot is how it is taken up again.
            server = start_by_force(context, self._compute, self._instance, seconds=self._settings.revert_seconds)
            self._complete_attachments(context, server)
        self.check_back(context, server)

    def _complete_attachments(self, context: FlowContext, server: Server) -> None:
        """Say to Cinder what Nova did not come to: the server has its volumes (seen with Nova 34 and Cinder 29)."""
        for volume_id in server.volume_ids:
            complete = lambda id_=volume_id: context.attempt(lambda: self._volumes.complete_attachments(id_))  # noqa: E731
            context.try_or_note("volume", volume_id, complete)

    def _revert_move(self, context: FlowContext, server: Server) -> Server:
        """Return the server once it is back, or kept where it is: a confirmation may be on its way."""
        refused: CloudError | None = None
        try:
            context.attempt(lambda: self._revert_once(server.id))
        except RefusedError as error:
            if error.status not in WRONG_STATE:
                raise
            refused = error
        try:
            return self._await(context, server.id, "to be back", lambda seen: _rests(seen) and seen.status != MOVED)
        except DeadlineExceededError as error:
            raise refused or error from error

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
    action = "resize"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, flavor: FlavorSpec) -> None:
        super().__init__(clouds, settings, instance)
        self._flavor = flavor

    def ask(self, server_id: str) -> None:
        """Ask for the flavor."""
        self._compute.resize_server(server_id, self._flavor.id)

    def is_there(self, server: Server) -> bool:
        """Say whether it has the flavor already. Two can have had one name, one after the other."""
        return (
            server.status == "ACTIVE"
            and server.flavor == self._flavor.name
            and self._compute.flavor_id(server.id) == self._flavor.id
        )

    def check_moved(self, server: Server) -> None:
        """Refuse another flavor than the one asked for: an earlier resize nobody confirmed."""
        if server.flavor not in (None, self._flavor.name):
            raise failed(server, f"it has the flavor {server.flavor}, not {self._flavor.name}")

    def check_back(self, context: FlowContext, server: Server) -> None:
        """Refuse the new flavor, unless it is written down that the server has it."""
        written_down = context.announced.get("flavor_id") == self._flavor.id
        if not written_down and context.attempt(lambda: self._compute.flavor_id(server.id)) == self._flavor.id:
            raise failed(server, f"it keeps the flavor {self._flavor.name}, and nobody has written that down")


class MigrateServer(MoveServer):
    """The server goes to another host."""

    operation = "migrate"
    title = "migrate the server"
    action = "migrate"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, host: str | None) -> None:
        super().__init__(clouds, settings, instance)
        self._host = host

    def ask(self, server_id: str) -> None:
        """Ask for the host, or for any."""
        self._compute.migrate_server(server_id, self._host)

    def check_moved(self, server: Server) -> None:
        """Refuse another host than the one asked for: an earlier migration nobody confirmed."""
        if self._host is not None and server.host not in (None, self._host):
            raise failed(server, f"it is on the host {server.host}, not on {self._host}")


def _rests(server: Server) -> bool:
    """Say whether nothing is under way with a server."""
    return server.task_state is None and server.status in ("ACTIVE", "SHUTOFF", "ERROR", MOVED)


def _why(ask: Callable[[], str | None]) -> str | None:
    try:
        return ask()
    except CloudError:
        return None
