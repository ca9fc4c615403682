"""The history of a server: its instance actions, faults, and events for the simulated guests."""

from __future__ import annotations

from trove_lab.cloud.compute import states
from trove_lab.cloud.compute.request import ComputeCloud, Request
from trove_lab.cloud.compute.state import Action, ActionEvent, Fault, Server


def begin(request: Request, server: Server, action: str, event: str | None = None) -> Action:
    """Record that the caller began an action, with the event of the step that runs on the server's host."""
    now = request.cloud.clock.now()
    record = Action(
        action=action,
        request_id=request.request_id,
        user_id=request.caller.user_id,
        project_id=request.project_id,
        start_time=now,
        updated_at=now,
    )
    if event is not None:
        record.events.append(ActionEvent(event=event, start_time=now, host=server.host))
    server.actions.append(record)
    server.updated_at = now
    return record


def end(cloud: ComputeCloud, server: Server, action: Action | None, *, error: str | None = None) -> None:
    """Record that an action ended, successfully or with an error."""
    server.updated_at = cloud.clock.now()
    if action is None:
        return
    action.updated_at = cloud.clock.now()
    action.message = "Error" if error else None
    for event in action.events:
        event.finish_time, event.result, event.details = cloud.clock.now(), "Error" if error else "Success", error
        event.host = event.host or server.host


def emit(cloud: ComputeCloud, server: Server, kind: str) -> None:
    """Record an event for the simulated guests: ``server.active``, ``server.rebooted`` and so on."""
    cloud.events.add(
        time=cloud.clock.now(),
        kind=kind,
        server_id=server.id,
        name=server.name,
        flavor=server.flavor.name,
        metadata=dict(server.metadata),
    )


def record_fault(cloud: ComputeCloud, server: Server, message: str, *, code: int = 500) -> None:
    """Record why something failed.

    Clients see it once the server is in ERROR; Nova shows it a little later than that.
    """
    fault = Fault(code=code, message=message, created_at=cloud.clock.now(), details=f"{message}\n")

    def keep() -> None:
        server.fault = fault

    cloud.transitions.begin(f"fault/{server.id}", "server.fault", keep)


def fail(cloud: ComputeCloud, server: Server, action: Action | None, message: str) -> None:
    """Set a server to ERROR with a fault."""
    record_fault(cloud, server, message)
    server.vm_state, server.task_state = states.ERROR, None
    end(cloud, server, action, error=message)
    emit(cloud, server, "server.error")
