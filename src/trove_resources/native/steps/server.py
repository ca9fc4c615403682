"""The server: created, waited for, removed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from trove_resources.clouds import Clouds
from trove_resources.clouds.compute import Compute
from trove_resources.clouds.service import Json
from trove_resources.errors import DeadlineExceededError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import CreateStep, Found, Step
from trove_resources.flows.waiting import Wait
from trove_resources.inventory import InstanceRef, Server
from trove_resources.settings import Settings
from trove_resources.spec import InstanceSpec

NO_REASON: Final = "Nova gives no reason"
FAULT_SECONDS: Final = 5.0
"""How long a server in ERROR is asked for its fault, which Nova writes a moment after the status."""


class ServerWatch:
    """How servers are asked for while somebody waits."""

    def __init__(self, compute: Compute) -> None:
        self._compute = compute
        self.key = ("server", compute)

    def one(self, resource_id: str) -> Server | None:
        """Return a server."""
        return self._compute.server(resource_id)

    def many(self, resource_ids: Iterable[str]) -> Mapping[str, Server]:
        """Return those that are there."""
        return self._compute.servers(resource_ids)


class CreateServer(CreateStep):
    """Create the server on its ports and volumes."""

    kind = "server"
    announces = "server_id"

    def __init__(self, clouds: Clouds, settings: Settings, spec: InstanceSpec) -> None:
        super().__init__("provision/server/create", "create the server", provides="server_id")
        self._clouds, self._settings, self._spec = clouds, settings, spec

    def execute(
        self,
        context: FlowContext,
        user_port: dict[str, Any] | None = None,
        management_port: dict[str, Any] | None = None,
        data_volume_id: str | None = None,
        root_volume_id: str | None = None,
    ) -> str:
        """Return the server's id."""
        ports = [port["id"] for port in (user_port, management_port) if port]
        nic = None
        if self._spec.isolated and user_port:
            about: dict[str, Any] = user_port
            nic = context.attempt(lambda: self._clouds.network.nic(about["mac_address"], about["addresses"]))
        group = self._spec.security_group
        return self.find_or_create(
            context,
            lambda: self._clouds.compute.create_server(
                self._spec.server,
                user_data=self._spec.user_data(nic),
                port_ids=ports,
                volumes=self._block_devices(data_volume_id, root_volume_id),
                security_group=group.name if group else None,
            ),
        )

    def find(self, context: FlowContext) -> Sequence[Found]:
        """Find it by its tag."""
        servers = self._clouds.compute.find_servers(context.owner.instance_id)
        return [Found(server.id, context.owner.task_tag in server.tags) for server in servers]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it."""
        delete_server(context, self._clouds.compute, self._settings, resource_id)

    def _block_devices(self, data_volume_id: str | None, root_volume_id: str | None) -> list[Json]:
        """Return what the server boots from, and its data volume, which outlives the server: it is deleted by us."""
        volume: Json = {"source_type": "volume", "destination_type": "volume", "delete_on_termination": False}
        devices: list[Json] = []
        if root_volume_id:
            devices.append({**volume, "uuid": root_volume_id, "boot_index": 0})
        else:
            image = {"source_type": "image", "destination_type": "local", "delete_on_termination": True}
            devices.append({**image, "uuid": self._spec.server.image_id, "boot_index": 0})
        if data_volume_id:
            device = {**volume, "uuid": data_volume_id, "boot_index": -1}
            name = self._spec.data_volume.device_name if self._spec.data_volume else None
            devices.append({**device, "device_name": name} if name else device)
        return devices


class AwaitServer(Step):
    """Wait until the new server is active."""

    def __init__(self, compute: Compute, settings: Settings) -> None:
        super().__init__(
            "provision/server/active", "wait for the server", requires=["server_id"], provides="server_addresses"
        )
        self._compute, self._settings = compute, settings

    def execute(self, context: FlowContext, server_id: str) -> list[str]:
        """Return its addresses when it is; raise ResourceFailedError, with Nova's fault, when it never will be."""
        server = await_server(
            context,
            self._compute,
            server_id,
            "to be ACTIVE",
            is_active,
            seconds=self._settings.server_seconds,
            check=context.check_stop,
        )
        return list(server.addresses)


def name_of(instance: InstanceRef) -> str:
    """Return how an instance's server is called where it is left over."""
    return instance.server_id or f"of instance {instance.instance_id}"


def server_of(compute: Compute, instance: InstanceRef) -> Server:
    """Return an instance's server, by the row or by its tag. Raises ResourceFailedError when there is none."""
    server = compute.server(instance.server_id) if instance.server_id else None
    if server is None:
        server = next(iter(compute.find_servers(instance.instance_id)), None)
    if server is None:
        raise ResourceFailedError(
            kind="server",
            resource_id=name_of(instance),
            status="not there",
            fault="it is gone; delete the instance, or restore a backup of it",
        )
    return server


def ask_once(
    context: FlowContext, compute: Compute, instance: InstanceRef, action: str, ask: Callable[[Server], None]
) -> Server:
    """Ask Nova for an action on an instance's server, once even if an answer is lost; return the server as it was.

    ``action`` is Nova's name of it in its record of actions. ``ask`` asks, unless the server it is given is at it.
    """
    before: list[Server] = []

    def look_then_ask() -> Server:
        server = server_of(compute, instance)
        if not before or not _has_begun(compute, before[0], action):
            before.append(server)
            ask(server)
        return server

    return context.attempt(look_then_ask)


def _has_begun(compute: Compute, before: Server, action: str) -> bool:
    """Say whether Nova began an action after a server was as it was."""
    latest = compute.latest_action(before.id)
    if latest is None or before.updated_at is None or latest.name != action:
        return False
    # Nova shows moments to the second: within one, an earlier action cannot be told from ours.
    return latest.started_at >= before.updated_at + timedelta(seconds=1)


def start_by_force(context: FlowContext, compute: Compute, instance: InstanceRef, *, seconds: float) -> Server:
    """Return an instance's server once it is ACTIVE after a hard reboot, which takes it out of ERROR too.

    Raises CloudError, ResourceFailedError and DeadlineExceededError.
    """

    def ask(server: Server) -> None:
        if not (server.task_state or "").endswith("_hard"):
            compute.reboot_server(server.id, hard=True)

    server = ask_once(context, compute, instance, "reboot", ask)
    return await_server(context, compute, server.id, "to be ACTIVE", is_active, seconds=seconds)


def await_server(
    context: FlowContext,
    compute: Compute,
    server_id: str,
    goal: str,
    arrived: Callable[[Server], bool],
    *,
    seconds: float,
    check: Callable[[], None] = lambda: None,
) -> Server:
    """Return the server once it has ``arrived``, which raises when it never will; ``goal`` says where, in words.

    Raises ResourceFailedError when the server is gone, and DeadlineExceededError.
    """

    def reached(server: Server | None) -> bool:
        if server is None:
            raise ResourceFailedError(kind="server", resource_id=server_id, status=_show(None), fault="it is gone")
        return arrived(server)

    wait = Wait(what=f"server {server_id} {goal}", reached=reached, seconds=seconds, show=_show, check=check)
    try:
        server = context.wait(ServerWatch(compute), server_id, wait)
    except ResourceFailedError as error:
        if error.fault != NO_REASON:
            raise
        fault = _late_fault(context, compute, server_id) or NO_REASON
        raise ResourceFailedError(kind="server", resource_id=server_id, status=error.status, fault=fault) from None
    if server is None:
        raise AssertionError("a server that is gone never arrives")
    return server


def _late_fault(context: FlowContext, compute: Compute, server_id: str) -> str | None:
    """Return the fault of a server in ERROR that had none yet; None if it still has none after FAULT_SECONDS."""
    wait = Wait(
        what=f"the fault of server {server_id}",
        reached=lambda server: server is None or bool(server.fault),
        seconds=FAULT_SECONDS,
        show=_show,
    )
    try:
        server = context.wait(ServerWatch(compute), server_id, wait)
    except DeadlineExceededError:
        return None
    return server.fault if server else None


def is_active(server: Server) -> bool:
    """Say whether a server is ACTIVE and left alone. Raises ResourceFailedError, with Nova's fault, in ERROR."""
    check_no_error(server)
    return server.status == "ACTIVE" and server.task_state is None


def check_no_error(server: Server) -> None:
    """Raise ResourceFailedError, with Nova's fault, when a server is in ERROR, and no reboot takes it out of that."""
    if server.status == "ERROR" and not is_rebooting(server):
        raise failed(server, server.fault or NO_REASON)


def is_rebooting(server: Server) -> bool:
    """Say whether a reboot is under way. The status of a server that was not ACTIVE does not show it."""
    return (server.task_state or "").startswith("reboot")


def failed(server: Server, fault: str) -> ResourceFailedError:
    """Return the error for a server that is not what it should be."""
    return ResourceFailedError(kind="server", resource_id=server.id, status=server.status, fault=fault)


def delete_server(context: FlowContext, compute: Compute, settings: Settings, server_id: str) -> None:
    """Delete a server and return when it is gone. Raises CloudError and DeadlineExceededError."""
    context.ensure_gone(lambda: compute.delete_server(server_id))
    wait = Wait(
        what=f"server {server_id} to be gone",
        reached=lambda server: server is None,
        seconds=settings.delete_seconds,
        show=_show,
    )
    context.wait(ServerWatch(compute), server_id, wait)


def _show(server: Server | None) -> str:
    if server is None:
        return "not there"
    return f"{server.status} ({server.task_state})" if server.task_state else server.status
