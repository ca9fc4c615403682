"""Signals to the plug-in's server, and what becomes of them."""

from dataclasses import dataclass
from typing import Any, Final

from trove_resources.clouds.orchestration import Orchestration, StackRef
from trove_resources.errors import OperationIsNotSupported, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import OneByOne, Wait
from trove_resources.orchestrator.template import names

SIGNALS: Final = frozenset({"reboot", "rebuild", "migrate"})
"""The operations that are signals: only the plug-in's server takes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What became of a signal, as the plug-in writes it down."""

    id: str
    status: str
    """``IN_PROGRESS``, ``COMPLETE`` or ``FAILED``."""
    reason: str


def check_signals(server_type: str, operation: str) -> None:
    """Raise OperationIsNotSupported for a server of a type that takes no signals."""
    if operation in SIGNALS and server_type != names.PLUG_IN.server:
        raise OperationIsNotSupported("orchestrator, for a stack made without Heat's plug-in,", operation)


def latest(heat: Orchestration, ref: StackRef, action: str) -> Operation | None:
    """Return the latest signal of a kind that a stack's server got."""
    shown = heat.resource(ref, names.SERVER, attributes=["operations"]).attributes
    row = (shown.get("operations") or {}).get(action)
    return Operation(id=row["id"], status=row["status"], reason=row.get("reason") or "") if row else None


def send(
    context: FlowContext, heat: Orchestration, ref: StackRef, action: str, *, key: str = "", **details: Any
) -> str:
    """Send a signal, once in a task, even if its answer is lost; return its id. Raises CloudError when it is refused.

    ``key`` tells the signals of a task apart that sends several of a kind.
    """
    id_ = f"{context.owner.task_id}-{action}{key}"

    def look_then_send() -> None:
        known = latest(heat, ref, action)
        if known is None or known.id != id_:
            heat.signal(ref, names.SERVER, {"action": action, "id": id_, **details})

    context.attempt(look_then_send)
    return id_


def send_and_wait(
    context: FlowContext,
    heat: Orchestration,
    ref: StackRef,
    action: str,
    *,
    seconds: float,
    **details: Any,
) -> None:
    """Send a signal and return when it is done. Raises ResourceFailedError with the plug-in's reason."""
    id_ = send(context, heat, ref, action, **details)
    await_done(context, heat, ref, action, id_, seconds=seconds)


def await_done(
    context: FlowContext, heat: Orchestration, ref: StackRef, action: str, id_: str, *, seconds: float
) -> None:
    """Return when a signal is done. Raises ResourceFailedError, DeadlineExceededError."""

    def reached(operation: Operation | None) -> bool:
        if operation is None or operation.id != id_ or operation.status == "IN_PROGRESS":
            return False
        if operation.status == "FAILED":
            fault = f"{action} failed: {operation.reason}"
            raise ResourceFailedError(kind="server", resource_id=ref.name, status="FAILED", fault=fault)
        return True

    wait: Wait[Operation] = Wait(
        what=f"{action} of the server of stack {ref.name}", reached=reached, seconds=seconds, show=_show
    )
    watch = OneByOne(("operation", action, heat), lambda each: latest(heat, StackRef.of(each), action))
    context.wait(watch, str(ref), wait)


def _show(operation: Operation | None) -> str:
    return f"{operation.status} {operation.reason}".strip() if operation else "nothing of it"
