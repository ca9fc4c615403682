"""os-start and os-stop, pause and unpause, suspend and resume."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trove_lab.cloud.compute import history, lookups, states
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.http import Reply


@dataclass(frozen=True, slots=True)
class _Change:
    """The states in which an action is allowed, the state it leads to, and its duration."""

    action: str
    before: Sequence[str]
    during: str
    after: str
    power: int
    operation: str
    event: str | None = None


_START = _Change(
    "start", (states.STOPPED,), "powering-on", states.ACTIVE, states.RUNNING, "server.start", "server.started"
)
_STOP = _Change(
    "stop",
    (states.ACTIVE, states.ERROR),
    "powering-off",
    states.STOPPED,
    states.SHUTDOWN,
    "server.stop",
    "server.stopped",
)
_PAUSE = _Change("pause", (states.ACTIVE,), "pausing", states.PAUSED, states.POWER_PAUSED, "server.stop")
_UNPAUSE = _Change("unpause", (states.PAUSED,), "unpausing", states.ACTIVE, states.RUNNING, "server.start")
_SUSPEND = _Change("suspend", (states.ACTIVE,), "suspending", states.SUSPENDED, states.SHUTDOWN, "server.stop")
_RESUME = _Change("resume", (states.SUSPENDED,), "resuming", states.ACTIVE, states.RUNNING, "server.start")


def start(request: Request, server: Server, _: Any) -> Reply:
    """SHUTOFF to ACTIVE."""
    return _change(request, server, _START)


def stop(request: Request, server: Server, _: Any) -> Reply:
    """ACTIVE or ERROR to SHUTOFF."""
    return _change(request, server, _STOP)


def pause(request: Request, server: Server, _: Any) -> Reply:
    """ACTIVE to PAUSED."""
    return _change(request, server, _PAUSE)


def unpause(request: Request, server: Server, _: Any) -> Reply:
    """PAUSED to ACTIVE."""
    return _change(request, server, _UNPAUSE)


def suspend(request: Request, server: Server, _: Any) -> Reply:
    """ACTIVE to SUSPENDED."""
    return _change(request, server, _SUSPEND)


def resume(request: Request, server: Server, _: Any) -> Reply:
    """SUSPENDED to ACTIVE."""
    return _change(request, server, _RESUME)


def _change(request: Request, server: Server, change: _Change) -> Reply:
    lookups.require_unlocked(request, server)
    lookups.require_state(server, change.action, change.before)
    server.task_state = change.during
    action = history.begin(request, server, change.action, f"compute_{change.action}_instance")

    def finish() -> None:
        server.vm_state, server.task_state, server.power_state = change.after, None, change.power
        history.end(request.cloud, server, action)
        if change.event:
            history.emit(request.cloud, server, change.event)

    message = f"the {change.action} failed because of a fault of the control API"
    request.later(server.id, change.operation, finish, lambda: history.fail(request.cloud, server, action, message))
    return Reply(202)
