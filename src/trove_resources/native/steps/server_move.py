"""A server moved to another flavor or host, confirmed there, or taken back."""

from abc import abstractmethod
from collections.abc import Callable
from functools import partial

from taskflow.types.failure import Failure

from trove_resources.clouds import Clouds
from trove_resources.clouds.compute import Compute
from trove_resources.errors import (
    CloudError,
    DeadlineExceededError,
    MoveRefusedError,
    QuotaExceededError,
    RefusedError,
    ResourceFailedError,
    WrongStateError,
)
from trove_resources.flows.context import FlowContext
from trove_resources.flows.servers import (
    VERIFY_RESIZE,
    WRONG_STATE,
    await_server,
    check_no_error,
    failed,
    is_idle,
    name_of,
    server_of,
    start_by_force,
)
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef, Server
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings
from trove_resources.spec import FlavorSpec

_MOVING = frozenset({"RESIZE", VERIFY_RESIZE, "MIGRATING"})


class MoveServer(Step):
    """Request the move, and wait until the server has moved. The undo takes it back.

    Provides ``moved_server_id``, and ``former_host``, where the service user may see it.
    """

    kind = ResourceKind.SERVER
    operation = "move"
    title = "move the server"
    action = ""
    """Nova's name of the move in the server's actions."""

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef) -> None:
        super().__init__(f"{self.operation}/server/move", self.title, provides=("moved_server_id", "former_host"))
        self._compute, self._volumes, self._settings = clouds.compute, clouds.volume, settings
        self._instance = instance

    @abstractmethod
    def ask(self, server_id: str) -> None:
        """Request the move."""

    def is_there(self, server: Server) -> bool:  # noqa: ARG002 - a server can always be moved to another host
        """Return whether a server has moved already: an earlier run of the task got that far."""
        return False

    def check_moved(self, server: Server) -> None:
        """Raise ResourceFailedError when a server moved, but not to what the task is about."""

    def check_back(self, context: FlowContext, server: Server) -> None:
        """Raise ResourceFailedError when an idle server was not taken back."""

    def execute(self, context: FlowContext) -> tuple[str, str | None]:
        """Return the server's id, and the host that it was on."""
        context.check_stop()
        asked: list[str] = []
        server, is_there = context.attempt(lambda: self._ask_once(asked))
        # A server that an earlier run of the task moved is on its new host already.
        former_host = server.host if asked else None
        if not is_there:
            seconds, check = self._settings.move_seconds, context.check_stop
            goal = f"to be {VERIFY_RESIZE}"
            moved = await_server(context, self._compute, server.id, goal, self._has_moved, seconds=seconds, check=check)
            self.check_moved(moved)
        return server.id, former_host

    def revert(self, context: FlowContext, result: object = None, **_: object) -> None:
        """Take the server back, unless the move was never begun: then there is nothing to undo."""
        if isinstance(result, Failure) and result.check(MoveRefusedError, QuotaExceededError, WrongStateError):
            return
        context.try_or_note(self.kind, name_of(self._instance), partial(self._take_back, context))

    def _ask_once(self, asked: list[str]) -> tuple[Server, bool]:
        """Return the server as it was, and whether it had moved already; ``asked`` gets the ids of earlier attempts."""
        server = server_of(self._compute, self._instance)
        if server.status in _MOVING:
            # The answer to an earlier attempt was lost, or an earlier run of the task requested the move.
            if not asked:
                self._check_ours(server)
        elif self.is_there(server):
            return server, True
        elif server.status != "ACTIVE":
            raise failed(server, f"it must be ACTIVE to {self.title}", WrongStateError)
        else:
            asked.append(server.id)
            self._ask(server.id, is_first=len(asked) == 1)
        return server, False

    def _ask(self, server_id: str, *, is_first: bool) -> None:
        """Request the move. A refusal is final only for the first request: an earlier one may have been accepted."""
        try:
            self.ask(server_id)
        except RefusedError as error:
            raise (MoveRefusedError.of(error) if is_first else error) from error

    def _check_ours(self, server: Server) -> None:
        latest = self._compute.latest_action(server.id)
        if latest is not None and latest.name != self.action:
            fault = f"Nova has not finished its {latest.name}; confirm or revert that first"
            raise failed(server, fault, WrongStateError)

    def _has_moved(self, server: Server) -> bool:
        check_no_error(server)
        if server.status in ("ACTIVE", "SHUTOFF") and server.task_state is None:
            # Nova gave up: the server is as before, and idle.
            raise failed(server, self._why_given_up(server.id) or "Nova gave the move up and left the server as it was")
        return server.status == VERIFY_RESIZE and server.task_state is None

    def _why_given_up(self, server_id: str) -> str | None:
        try:
            return self._compute.last_failure(server_id)
        except CloudError:
            return None

    def _take_back(self, context: FlowContext) -> None:
        server = context.attempt(lambda: server_of(self._compute, self._instance))
        if not is_idle(server):
            server = self._await(context, server.id, "to be idle", is_idle)
        if server.status == VERIFY_RESIZE:
            server = self._revert_move(context, server)
        if server.status in ("ERROR", "SHUTOFF"):
            # Nova stopped half-way. A hard reboot is how the server is started again.
            server = start_by_force(context, self._compute, self._instance, seconds=self._settings.revert_seconds)
            self._complete_attachments(context, server)
        self.check_back(context, server)

    def _complete_attachments(self, context: FlowContext, server: Server) -> None:
        """Complete the attachments that Nova left in the middle (seen with Nova 34 and Cinder 29)."""
        for volume_id in server.volume_ids:
            complete = partial(self._volumes.complete_attachments, volume_id)
            context.try_or_note(ResourceKind.DATA_VOLUME, volume_id, partial(context.attempt, complete))

    def _revert_move(self, context: FlowContext, server: Server) -> Server:
        """Return the server once it is back, or stays where it is: a confirmation may be under way."""
        refused: CloudError | None = None
        try:
            context.attempt(lambda: self._revert_once(server.id))
        except RefusedError as error:
            if error.status not in WRONG_STATE:
                raise
            refused = error
        try:
            return self._await(
                context, server.id, "to be back", lambda seen: is_idle(seen) and seen.status != VERIFY_RESIZE
            )
        except DeadlineExceededError as error:
            raise refused or error from error

    def _revert_once(self, server_id: str) -> None:
        server = self._compute.server(server_id)
        if server is not None and server.status == VERIFY_RESIZE and server.task_state is None:
            self._compute.revert_resize(server_id)

    def _await(self, context: FlowContext, server_id: str, goal: str, reached: Callable[[Server], bool]) -> Server:
        return await_server(context, self._compute, server_id, goal, reached, seconds=self._settings.revert_seconds)


class ResizeServer(MoveServer):
    """Move the server to another flavor."""

    operation = "resize_flavor"
    title = "resize the server"
    action = "resize"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, flavor: FlavorSpec) -> None:
        super().__init__(clouds, settings, instance)
        self._flavor = flavor

    def ask(self, server_id: str) -> None:
        """Request the flavor."""
        self._compute.resize_server(server_id, self._flavor.id)

    def is_there(self, server: Server) -> bool:
        """Return whether it has the flavor already. A deleted and a new flavor can have the same name."""
        return (
            server.status == "ACTIVE"
            and server.flavor == self._flavor.name
            and self._compute.flavor_id(server.id) == self._flavor.id
        )

    def check_moved(self, server: Server) -> None:
        """Refuse another flavor than the requested one: an earlier resize that was never confirmed."""
        if server.flavor not in (None, self._flavor.name):
            raise failed(server, f"it has the flavor {server.flavor}, not {self._flavor.name}")

    def check_back(self, context: FlowContext, server: Server) -> None:
        """Refuse the new flavor, unless the row names it."""
        in_row = context.announced.get("flavor_id") == self._flavor.id
        if not in_row and context.attempt(lambda: self._compute.flavor_id(server.id)) == self._flavor.id:
            raise failed(server, f"it keeps the flavor {self._flavor.name}, and the row names the old one")


class MigrateServer(MoveServer):
    """Move the server to another host."""

    operation = "migrate"
    title = "migrate the server"
    action = "migrate"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, host: str | None) -> None:
        super().__init__(clouds, settings, instance)
        self._host = host

    def ask(self, server_id: str) -> None:
        """Request the host, or any host."""
        self._compute.migrate_server(server_id, self._host)

    def check_moved(self, server: Server) -> None:
        """Refuse another host than the requested one: an earlier migration that was never confirmed."""
        if self._host is not None and server.host not in (None, self._host):
            raise failed(server, f"it is on the host {server.host}, not on {self._host}")


class ConfirmMove(Step):
    """Keep the server on its new flavor or host. Once Nova has accepted that, nothing is undone."""

    kind = ResourceKind.SERVER

    def __init__(self, compute: Compute, operation: str, *, flavor_id: str | None = None) -> None:
        requires = ["moved_server_id", "former_host"]
        super().__init__(f"{operation}/server/confirm", "confirm the new server", requires=requires)
        self._compute, self._flavor_id = compute, flavor_id
        self.announces = "flavor_id" if flavor_id else None

    def execute(self, context: FlowContext, moved_server_id: str, former_host: str | None) -> str | None:
        """Return the flavor's id, if the operation is about the flavor."""
        context.check_stop()
        attempts: list[Server] = []
        context.attempt(lambda: self._confirm_once(moved_server_id, former_host, attempts))
        return self._flavor_id

    def _confirm_once(self, server_id: str, former_host: str | None, attempts: list[Server]) -> None:
        """Confirm the move, unless that is done; ``attempts`` holds the server as it was at earlier attempts."""
        server = self._compute.server(server_id)
        if server is None:
            fault = "it was deleted while the task ran"
            raise ResourceFailedError(kind=ResourceKind.SERVER, resource_id=server_id, status="not found", fault=fault)
        if server.status == "ACTIVE":
            # The answer to an earlier attempt was lost, or somebody else decided.
            self._check_kept(server, former_host)
            return
        if server.status != VERIFY_RESIZE:
            raise failed(server, server.fault or f"it must be {VERIFY_RESIZE} to be confirmed")
        attempts.append(server)
        try:
            self._compute.confirm_resize(server_id)
        except RefusedError as error:
            # A server that is being confirmed looks as before, and Nova refuses to confirm it twice.
            if len(attempts) == 1 or error.status not in WRONG_STATE:
                raise

    def _check_kept(self, server: Server, former_host: str | None) -> None:
        """Raise ResourceFailedError when the move was reverted: an ACTIVE server alone proves nothing."""
        if self._flavor_id is not None:
            flavor_id = self._compute.flavor_id(server.id)
            if flavor_id != self._flavor_id:
                raise failed(server, f"the resize was reverted in Nova: it has the flavor {flavor_id} again")
        elif former_host is not None and server.host == former_host:
            raise failed(server, f"the migration was reverted in Nova: it is on the host {former_host} again")


class AwaitConfirmed(Step):
    """Wait until Nova has cleaned up after the move, and the server can be used again."""

    kind = ResourceKind.SERVER

    def __init__(self, compute: Compute, settings: Settings, operation: str) -> None:
        super().__init__(f"{operation}/server/active", "wait for the server", requires=["moved_server_id"])
        self._compute, self._settings = compute, settings

    def execute(self, context: FlowContext, moved_server_id: str) -> None:
        """Return when it is ACTIVE. A stop has to wait: what is confirmed is not undone."""
        seconds = self._settings.move_seconds
        await_server(context, self._compute, moved_server_id, "to be ACTIVE", _is_used, seconds=seconds)


def _is_used(server: Server) -> bool:
    check_no_error(server)
    if server.status == "SHUTOFF" and server.task_state is None:
        raise failed(server, "it was switched off while it was confirmed")
    return server.status == "ACTIVE" and server.task_state is None
