"""Handlers of the control API. Each takes the cloud's lock itself: they run beside hanging requests."""

from trove_lab.cloud.control import errors, inventory
from trove_lab.cloud.control.guests import MISBEHAVIOURS, BadMisbehaviourError
from trove_lab.cloud.control.request import Request
from trove_lab.cloud.faults import BadFaultError
from trove_lab.cloud.http import Reply
from trove_lab.cloud.transitions import DURATIONS

LONGEST_WAIT = 60.0
"""Seconds a request for events may wait."""


def reset(request: Request) -> Reply:
    """POST /_control/reset: everything as after the seed."""
    request.cloud.reset()
    return Reply(204)


def show_durations(request: Request) -> Reply:
    """GET /_control/durations."""
    with request.cloud.lock:
        return Reply(200, dict(request.cloud.transitions.durations))


def set_durations(request: Request) -> Reply:
    """POST /_control/durations: changes those given, for what begins from now on; answers with all."""
    given = request.object
    for name, seconds in given.items():
        if name not in DURATIONS:
            raise errors.invalid(name, "", f"no such duration; there are {', '.join(DURATIONS)}")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise errors.invalid(name, "", "must be a number of seconds, not negative")
    with request.cloud.lock:
        request.cloud.transitions.durations.update({name: float(seconds) for name, seconds in given.items()})
        return Reply(200, dict(request.cloud.transitions.durations))


def list_faults(request: Request) -> Reply:
    """GET /_control/faults."""
    with request.cloud.lock:
        return Reply(200, {"faults": [fault.as_json() for fault in request.cloud.faults]})


def add_fault(request: Request) -> Reply:
    """POST /_control/faults."""
    with request.cloud.lock:
        try:
            return Reply(201, {"fault": request.cloud.faults.add(request.object).as_json()})
        except BadFaultError as error:
            raise errors.invalid("", "", str(error)) from error


def remove_faults(request: Request, fault_id: int | None = None) -> Reply:
    """DELETE /_control/faults and /_control/faults/{id}: lets go what hangs on them."""
    with request.cloud.lock:
        count = request.cloud.faults.remove(fault_id)
        request.cloud.changed()
        return Reply(200, {"removed": count})


def list_requests(request: Request) -> Reply:
    """GET /_control/requests, the oldest first; ``after`` leaves out those up to an order."""
    after = _number(request, "after", 0)
    with request.cloud.lock:
        entries = [entry.as_json() for entry in request.cloud.request_log if entry.order > after]
    return Reply(200, {"requests": entries})


def clear_requests(request: Request) -> Reply:
    """DELETE /_control/requests."""
    with request.cloud.lock:
        return Reply(200, {"removed": request.cloud.request_log.clear()})


def show_inventory(request: Request) -> Reply:
    """GET /_control/inventory: what the cloud holds beside its seed."""
    with request.cloud.lock:
        request.cloud.run_due()
        return Reply(200, inventory.view(request.cloud))


def list_events(request: Request) -> Reply:
    """GET /_control/events: those after the order ``after``; waits up to ``wait`` seconds for the first."""
    after, wait = _number(request, "after", 0), _number(request, "wait", 0)
    cloud = request.cloud
    cloud.wait(lambda: bool(cloud.events.after(int(after))), cloud.clock.now() + min(wait, LONGEST_WAIT))
    with cloud.lock:
        return Reply(200, {"events": [event.as_json() for event in cloud.events.after(int(after))]})


def list_guests(request: Request) -> Reply:
    """GET /_control/guests: how guests are to misbehave."""
    with request.cloud.lock:
        return Reply(200, {"guests": [rule.as_json() for rule in request.cloud.guests]})


def add_guest(request: Request) -> Reply:
    """POST /_control/guests."""
    with request.cloud.lock:
        try:
            return Reply(201, {"guest": request.cloud.guests.add(request.object).as_json()})
        except BadMisbehaviourError as error:
            raise errors.invalid("", "", str(error)) from error


def clear_guests(request: Request) -> Reply:
    """DELETE /_control/guests: they behave again."""
    with request.cloud.lock:
        return Reply(200, {"removed": request.cloud.guests.clear()})


def meet_guest(request: Request) -> Reply:
    """POST /_control/guests/meet: a guest asks whether it is to misbehave in a way, and is counted."""
    given = request.object
    if given.get("kind") not in MISBEHAVIOURS or not isinstance(given.get("instance"), list):
        raise errors.invalid("", "", "a guest sends kind, instance (its id and name), flavor and call")
    with request.cloud.lock:
        met = request.cloud.guests.meet(
            given["kind"],
            instance=set(given["instance"]),
            flavor=str(given.get("flavor", "")),
            call=str(given.get("call", "")),
        )
        return Reply(200, {"meet": met})


def _number(request: Request, name: str, default: float) -> float:
    value = request.args.get(name, default)
    try:
        return max(0.0, float(value))
    except ValueError as error:
        raise errors.invalid(name, "", "must be a number") from error
