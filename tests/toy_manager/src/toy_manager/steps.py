"""The steps of the flows."""

from collections.abc import Sequence
from functools import partial

from taskflow.types.failure import Failure

from trove_resources.clouds import Compute
from trove_resources.errors import RefusedError, WrongStateError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.delete import DeleteStep, Resource
from trove_resources.flows.servers import (
    VERIFY_RESIZE,
    await_server,
    check_no_error,
    delete_server,
    failed,
    is_active,
    is_idle,
    name_of,
    server_of,
)
from trove_resources.flows.step import CreateStep, Found, Step, found_id
from trove_resources.inventory import InstanceRef, Server
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings
from trove_resources.spec import FlavorSpec, InstanceSpec


class CreateServer(CreateStep[str]):
    """Create the server. Provides ``server_id``."""

    kind = ResourceKind.SERVER
    announces = "server_id"

    def __init__(self, compute: Compute, settings: Settings, spec: InstanceSpec) -> None:
        super().__init__("provision/server/create", "create the server", provides="server_id")
        self._compute, self._settings, self._spec = compute, settings, spec

    def execute(self, context: FlowContext) -> str:
        """Return the server's id."""
        return self.find_or_create(context, self._create)

    def find(self, context: FlowContext, **_: object) -> Sequence[Found[str]]:
        """Find it by the instance's tag. The task's tag shows whether this task created it."""
        servers = self._compute.find_servers(context.owner.instance_id)
        return [found_id(each.id, of_task=context.owner.task_tag in each.tags) for each in servers]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it, and wait until it is deleted."""
        delete_server(context, self._compute, self._settings, resource_id)

    def _create(self) -> str:
        server = self._spec.server
        disk = {"source_type": "image", "destination_type": "local", "uuid": server.image_id, "boot_index": 0}
        return self._compute.create_server(
            server,
            user_data=self._spec.user_data(None),
            port_ids=(),
            volumes=[{**disk, "delete_on_termination": True}],
        )


class AwaitServer(Step):
    """Wait until the new server is ACTIVE. Requires ``server_id``."""

    kind = ResourceKind.SERVER

    def __init__(self, compute: Compute, settings: Settings) -> None:
        super().__init__("provision/server/active", "wait for the server", requires=["server_id"])
        self._compute, self._seconds = compute, settings.server_seconds

    def execute(self, context: FlowContext, server_id: str) -> None:
        """Return when it is ACTIVE. A delete of the instance ends the wait."""
        check = context.check_stop
        await_server(context, self._compute, server_id, "to be ACTIVE", is_active, seconds=self._seconds, check=check)


class DeleteServers(DeleteStep):
    """Delete the instance's servers."""

    kind = ResourceKind.SERVER
    role = "server"
    plural = "servers"

    def find(self) -> Sequence[Resource]:
        """Find them by the instance's tag, and by the row: somebody may have removed the tag."""
        compute, row = self._clouds.compute, self._instance.server_id
        found = {server.id for server in compute.find_servers(self._instance.instance_id)}
        if row and compute.server(row):
            found.add(row)
        return [Resource(self.kind, each) for each in sorted(found)]

    def remove(self, context: FlowContext, resource: Resource) -> None:
        """Delete one of them, and wait until it is deleted."""
        delete_server(context, self._clouds.compute, self._settings, resource.id)


class ResizeServer(Step):
    """Move the server to another flavor, until Nova waits for a confirmation. Provides ``resized_server_id``."""

    kind = ResourceKind.SERVER

    def __init__(self, compute: Compute, settings: Settings, instance: InstanceRef, flavor: FlavorSpec) -> None:
        super().__init__("resize_flavor/server/move", "resize the server", provides="resized_server_id")
        self._compute, self._settings, self._instance, self._flavor = compute, settings, instance, flavor

    def execute(self, context: FlowContext) -> str:
        """Return the server's id."""
        context.check_stop()
        server = context.attempt(self._look_then_ask)
        seconds, check = self._settings.move_seconds, context.check_stop
        await_server(context, self._compute, server.id, "to be resized", self._is_resized, seconds=seconds, check=check)
        return server.id

    def revert(self, context: FlowContext, result: object = None, **_: object) -> None:
        """Move the server back to its old flavor. A resize that was refused for its state has moved nothing."""
        if isinstance(result, Failure) and result.check(WrongStateError):
            return
        context.try_or_note(self.kind, name_of(self._instance), partial(self._move_back, context))

    def _look_then_ask(self) -> Server:
        server = server_of(self._compute, self._instance)
        if server.status in ("RESIZE", VERIFY_RESIZE):
            # The answer to an earlier attempt was lost, or an earlier run of the task requested it.
            latest = self._compute.latest_action(server.id)
            if latest is not None and latest.name != "resize":
                raise failed(server, f"Nova has not finished its {latest.name}", WrongStateError)
        elif server.status != "ACTIVE":
            raise failed(server, "it must be ACTIVE to be resized", WrongStateError)
        elif self._compute.flavor_id(server.id) != self._flavor.id:
            self._compute.resize_server(server.id, self._flavor.id)
        return server

    def _is_resized(self, server: Server) -> bool:
        check_no_error(server)
        if not is_idle(server):
            return False
        if server.status in ("ACTIVE", VERIFY_RESIZE) and server.flavor == self._flavor.name:
            return True
        raise failed(server, self._compute.last_failure(server.id) or f"it does not have flavor {self._flavor.name}")

    def _move_back(self, context: FlowContext) -> None:
        server = context.attempt(lambda: server_of(self._compute, self._instance))
        wait = partial(await_server, context, self._compute, server.id, seconds=self._settings.revert_seconds)
        wait("to be idle", is_idle)
        context.attempt(lambda: self._look_then_revert(server.id))
        back = wait("to be back", lambda seen: is_idle(seen) and seen.status != VERIFY_RESIZE)
        check_no_error(back)
        if back.flavor == self._flavor.name and "flavor_id" not in context.announced:
            raise failed(back, f"it keeps the flavor {back.flavor}, and the row names the old one")

    def _look_then_revert(self, server_id: str) -> None:
        server = self._compute.server(server_id)
        if server is not None and server.status == VERIFY_RESIZE and server.task_state is None:
            self._compute.revert_resize(server_id)


class ConfirmResize(Step):
    """Keep the new flavor. Once Nova has accepted that, nothing is undone."""

    kind = ResourceKind.SERVER
    announces = "flavor_id"

    def __init__(self, compute: Compute, instance: InstanceRef, flavor: FlavorSpec) -> None:
        super().__init__("resize_flavor/server/confirm", "confirm the new flavor")
        self._compute, self._instance, self._flavor = compute, instance, flavor

    def execute(self, context: FlowContext) -> str:
        """Return the flavor's id."""
        context.check_stop()
        attempts: list[Server] = []
        context.attempt(lambda: self._look_then_confirm(attempts))
        return self._flavor.id

    def _look_then_confirm(self, attempts: list[Server]) -> None:
        server = server_of(self._compute, self._instance)
        check_no_error(server)
        if server.status == VERIFY_RESIZE:
            attempts.append(server)
            try:
                self._compute.confirm_resize(server.id)
            except RefusedError:
                # Nova refuses a second confirmation while it works on the first, whose answer was lost.
                if len(attempts) == 1:
                    raise


class AwaitResized(Step):
    """Wait until Nova has finished the resize. Requires ``resized_server_id``."""

    kind = ResourceKind.SERVER

    def __init__(self, compute: Compute, settings: Settings) -> None:
        super().__init__("resize_flavor/server/active", "wait for the server", requires=["resized_server_id"])
        self._compute, self._seconds = compute, settings.move_seconds

    def execute(self, context: FlowContext, resized_server_id: str) -> None:
        """Return when it is ACTIVE. A delete of the instance does not end the wait: nothing can be undone any more."""
        await_server(context, self._compute, resized_server_id, "to be ACTIVE", is_active, seconds=self._seconds)
