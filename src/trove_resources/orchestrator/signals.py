"""Signals to the plug-in's server, and their outcome."""

from dataclasses import dataclass
from typing import Any, Final

from trove_resources.clouds.orchestration import Orchestration, StackRef
from trove_resources.errors import OperationIsNotSupported, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import OneByOne, Wait
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator.template import names

SIGNALS: Final = frozenset({"reboot", "rebuild", "migrate"})
"""The operations that are signals. Only the plug-in's server handles them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalState:
    """The state of a signal, as the plug-in records it."""

    id: str
    status: str
    """``IN_PROGRESS``, ``COMPLETE`` or ``FAILED``."""
    reason: str


def check_signals(server_type: str, operation: str) -> None:
    """Raise OperationIsNotSupported if the operation is a signal, and the server's type does not handle signals."""
    if operation in SIGNALS and server_type != names.PLUG_IN.server:
        raise OperationIsNotSupported("orchestrator, for a stack created without Heat's plug-in,", operation)


def send(
    context: FlowContext, heat: Orchestration, ref: StackRef, action: str, *, key: str = "", **details: Any
) -> str:
    """Send a signal, once per task, even if the answer is lost; return its id. Raises CloudError if it is refused.

    ``key`` tells the signals apart if a task sends several of one kind.
    """
    id_ = f"{_id(context, action)}{key}"

    def look_then_send() -> None:
        known = _latest(heat, ref, action)
        if known is None or known.id != id_:
            heat.signal(ref, names.SERVER, {"action": action, "id": id_, **details})

    context.attempt(look_then_send)
    return id_


def was_sent(context: FlowContext, heat: Orchestration, ref: StackRef, action: str) -> bool:
    """Return whether this task has sent a signal that the server accepted, and none of its kind followed."""
    known = context.attempt(lambda: _latest(heat, ref, action))
    return known is not None and known.id == _id(context, action)


def send_and_wait(
    context: FlowContext,
    heat: Orchestration,
    ref: StackRef,
    action: str,
    *,
    seconds: float,
    **details: Any,
) -> None:
    """Send a signal, and return when it is done. Raises ResourceFailedError with the plug-in's reason."""
    id_ = send(context, heat, ref, action, **details)
    _await_done(context, heat, ref, action, id_, seconds=seconds)


def _id(context: FlowContext, action: str) -> str:
    return f"{context.owner.task_id}-{action}"


def _latest(heat: Orchestration, ref: StackRef, action: str) -> SignalState | None:
    """Return the state of the latest signal of a kind."""
    attributes = heat.resource(ref, names.SERVER, attributes=["operations"]).attributes
    row = (attributes.get("operations") or {}).get(action)
    return SignalState(id=row["id"], status=row["status"], reason=row.get("reason") or "") if row else None


def _await_done(
    context: FlowContext, heat: Orchestration, ref: StackRef, action: str, id_: str, *, seconds: float
) -> None:
    """Return when a signal is done. Raises ResourceFailedError, DeadlineExceededError."""

    def reached(signal: SignalState | None) -> bool:
        if signal is None or signal.id != id_ or signal.status == "IN_PROGRESS":
            return False
        if signal.status == "FAILED":
            fault = f"{action} failed: {signal.reason}"
            raise ResourceFailedError(kind=ResourceKind.SERVER, resource_id=ref.name, status="FAILED", fault=fault)
        return True

    wait: Wait[SignalState] = Wait(
        what=f"{action} of the server of stack {ref.name}", reached=reached, seconds=seconds, show=_show
    )
    watch = OneByOne(("signal", action, heat), lambda path: _latest(heat, StackRef.of(path), action))
    context.wait(watch, str(ref), wait)


def _show(signal: SignalState | None) -> str:
    return f"{signal.status} {signal.reason}".strip() if signal else "no signal"
