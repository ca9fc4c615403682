"""Servers: found, waited for, started, deleted. Every manager that calls Nova itself uses these functions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from trove_resources.clouds.compute import Compute
from trove_resources.errors import DeadlineExceededError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import Listed, Wait
from trove_resources.inventory import InstanceRef, Server
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings

VERIFY_RESIZE: Final = "VERIFY_RESIZE"
"""Nova's status of a server that is on the new flavor or host, and can be confirmed or reverted."""
WRONG_STATE: Final = (400, 409)
"""The statuses by which Nova refuses what the state of a server does not allow."""
NO_REASON: Final = "Nova gives no reason"
FAULT_SECONDS: Final = 5.0
"""How long to wait for the fault of a server in ERROR: Nova writes it a moment after the status."""


def name_of(instance: InstanceRef) -> str:
    """Return the id of an instance's server for a leftover, even when the row has none."""
    return instance.server_id or f"of instance {instance.instance_id}"


def server_of(compute: Compute, instance: InstanceRef) -> Server:
    """Return an instance's server, by the row or by its tag. Raises ResourceFailedError when there is none."""
    server = compute.server(instance.server_id) if instance.server_id else None
    if server is None:
        server = next(iter(compute.find_servers(instance.instance_id)), None)
    if server is None:
        raise ResourceFailedError(
            kind=ResourceKind.SERVER,
            resource_id=name_of(instance),
            status="not found",
            fault="it was deleted; delete the instance, or restore a backup of it",
        )
    return server


def ask_once(
    context: FlowContext, compute: Compute, instance: InstanceRef, action: str, ask: Callable[[Server], None]
) -> Server:
    """Request an action on an instance's server, once even if an answer is lost; return the server as it was before.

    ``action`` is Nova's name of it in the server's actions. ``ask`` sends the request, unless the server that it is
    given is busy with the action already.
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
    """Return whether Nova began an action after the server was last seen."""
    latest = compute.latest_action(before.id)
    if latest is None or before.updated_at is None or latest.name != action:
        return False
    # Nova shows times to the second: within one, an earlier action cannot be told from ours.
    return latest.started_at >= before.updated_at + timedelta(seconds=1)


def start_by_force(context: FlowContext, compute: Compute, instance: InstanceRef, *, seconds: float) -> Server:
    """Hard-reboot an instance's server, which also takes it out of ERROR, and return it once it is ACTIVE.

    Raises CloudError, ResourceFailedError and DeadlineExceededError.
    """

    def ask(server: Server) -> None:
        if not (server.task_state or "").endswith("_hard"):
            compute.reboot_server(server.id, hard=True)

    server = ask_once(context, compute, instance, "reboot", ask)
    return await_server(context, compute, server.id, "to be ACTIVE", is_active, seconds=seconds)


def delete_server(context: FlowContext, compute: Compute, settings: Settings, server_id: str) -> None:
    """Delete a server and return when it is gone. Raises CloudError and DeadlineExceededError."""
    context.ensure_gone(lambda: compute.delete_server(server_id))
    wait: Wait[Server] = Wait(
        what=f"server {server_id} to be deleted",
        reached=lambda server: server is None,
        seconds=settings.delete_seconds,
        show=_show,
    )
    context.wait(_watch(compute), server_id, wait)


def await_server(
    context: FlowContext,
    compute: Compute,
    server_id: str,
    goal: str,
    reached: Callable[[Server], bool],
    *,
    seconds: float,
    check: Callable[[], None] = lambda: None,
) -> Server:
    """Return the server once it has ``reached`` its ``goal``; ``reached`` raises when it never will.

    Raises ResourceFailedError when the server does not exist, and DeadlineExceededError.
    """

    def reached_or_gone(server: Server | None) -> bool:
        if server is None:
            raise _not_found(server_id)
        return reached(server)

    wait = Wait(what=f"server {server_id} {goal}", reached=reached_or_gone, seconds=seconds, show=_show, check=check)
    try:
        server = context.wait(_watch(compute), server_id, wait)
    except ResourceFailedError as error:
        if error.fault != NO_REASON:
            raise
        fault = _late_fault(context, compute, server_id) or NO_REASON
        raise ResourceFailedError(
            kind=ResourceKind.SERVER, resource_id=server_id, status=error.status, fault=fault
        ) from None
    if server is None:
        raise AssertionError("a server that does not exist has reached its goal")
    return server


def is_active(server: Server) -> bool:
    """Return whether a server is ACTIVE and idle. Raises ResourceFailedError, with Nova's fault, in ERROR."""
    check_no_error(server)
    return server.status == "ACTIVE" and server.task_state is None


def check_no_error(server: Server) -> None:
    """Raise ResourceFailedError, with Nova's fault, when a server is in ERROR and is not being rebooted."""
    if server.status == "ERROR" and not is_rebooting(server):
        raise failed(server, server.fault or NO_REASON)


def is_idle(server: Server) -> bool:
    """Return whether Nova is not working on a server."""
    return server.task_state is None and server.status in ("ACTIVE", "SHUTOFF", "ERROR", VERIFY_RESIZE)


def is_rebooting(server: Server) -> bool:
    """Return whether a server is being rebooted. If it was not ACTIVE before, its status does not show it."""
    return (server.task_state or "").startswith("reboot")


def failed(server: Server, fault: str, error: type[ResourceFailedError] = ResourceFailedError) -> ResourceFailedError:
    """Return the error for a server that is not as it should be."""
    return error(kind=ResourceKind.SERVER, resource_id=server.id, status=server.status, fault=fault)


def _late_fault(context: FlowContext, compute: Compute, server_id: str) -> str | None:
    """Return the fault of a server in ERROR that had none yet, or None if it has none after FAULT_SECONDS."""
    wait: Wait[Server] = Wait(
        what=f"the fault of server {server_id}",
        reached=lambda server: server is None or bool(server.fault),
        seconds=FAULT_SECONDS,
        show=_show,
    )
    try:
        server = context.wait(_watch(compute), server_id, wait)
    except DeadlineExceededError:
        return None
    return server.fault if server else None


def _not_found(server_id: str) -> ResourceFailedError:
    fault = "it was deleted while the task waited for it"
    return ResourceFailedError(kind=ResourceKind.SERVER, resource_id=server_id, status="not found", fault=fault)


def _watch(compute: Compute) -> Listed[Server]:
    return Listed(("server", compute), compute.server, compute.servers)


def _show(server: Server | None) -> str:
    if server is None:
        return "not found"
    return f"{server.status} ({server.task_state})" if server.task_state else server.status
