"""Handlers of the control API. Each takes the cloud's lock itself, because they must run beside hanging requests."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from trove_lab.cloud import fields
from trove_lab.cloud.control import errors, guests, inventory
from trove_lab.cloud.control.request import Request
from trove_lab.cloud.fields import FieldError
from trove_lab.cloud.http import Reply
from trove_lab.cloud.transitions import DURATIONS

MAX_WAIT = 60.0
"""The maximum of ``wait``, in seconds."""


def reset(request: Request) -> Reply:
    """POST /_control/reset: restore the state after the seed."""
    _check_no_body(request)
    request.cloud.reset()
    return Reply(204)


def show_durations(request: Request) -> Reply:
    """GET /_control/durations."""
    with request.cloud.lock:
        return Reply(200, dict(request.cloud.transitions.durations))


def set_durations(request: Request) -> Reply:
    """POST /_control/durations: set the durations of operations that begin from now on.

    The reply shows all durations.
    """
    given = request.object
    with _field_errors_as_400():
        fields.check(given, dict.fromkeys(DURATIONS, (object,)), noun="duration")
        for name, seconds in given.items():
            fields.check_seconds(name, seconds)
    with request.cloud.lock:
        request.cloud.transitions.durations.update({name: float(seconds) for name, seconds in given.items()})
        return Reply(200, dict(request.cloud.transitions.durations))


def list_faults(request: Request) -> Reply:
    """GET /_control/faults."""
    with request.cloud.lock:
        return Reply(200, {"faults": [fault.as_json() for fault in request.cloud.faults]})


def add_fault(request: Request) -> Reply:
    """POST /_control/faults."""
    with request.cloud.lock, _field_errors_as_400():
        return Reply(201, {"fault": request.cloud.faults.add(request.object).as_json()})


def remove_faults(request: Request, fault_id: int | None = None) -> Reply:
    """DELETE /_control/faults and /_control/faults/{id}: the connections of requests that hang on them are closed."""
    _check_no_body(request)
    with request.cloud.lock:
        count = request.cloud.faults.remove(fault_id)
        request.cloud.changed()
        return Reply(200, {"removed": count})


def list_requests(request: Request) -> Reply:
    """GET /_control/requests: the log, oldest first; ``after`` omits the entries up to that order number."""
    after = _number(request, "after", 0)
    with request.cloud.lock:
        entries = [entry.as_json() for entry in request.cloud.request_log if entry.order > after]
    return Reply(200, {"requests": entries})


def clear_requests(request: Request) -> Reply:
    """DELETE /_control/requests."""
    _check_no_body(request)
    with request.cloud.lock:
        return Reply(200, {"removed": request.cloud.request_log.clear()})


def show_inventory(request: Request) -> Reply:
    """GET /_control/inventory: the resources that the seed did not create."""
    with request.cloud.lock:
        request.cloud.run_due()
        return Reply(200, inventory.view(request.cloud))


def list_events(request: Request) -> Reply:
    """GET /_control/events: those after the order number ``after``. Waits up to ``wait`` seconds for the first."""
    after, wait = _number(request, "after", 0), _number(request, "wait", 0)
    cloud = request.cloud
    cloud.wait(lambda: bool(cloud.events.after(int(after))), cloud.clock.now() + min(wait, MAX_WAIT))
    with cloud.lock:
        return Reply(200, {"events": [event.as_json() for event in cloud.events.after(int(after))]})


def list_guests(request: Request) -> Reply:
    """GET /_control/guests: the rules by which guests misbehave."""
    with request.cloud.lock:
        return Reply(200, {"guests": [rule.as_json() for rule in request.cloud.guests]})


def add_guest(request: Request) -> Reply:
    """POST /_control/guests."""
    with request.cloud.lock, _field_errors_as_400():
        return Reply(201, {"guest": request.cloud.guests.add(request.object).as_json()})


def clear_guests(request: Request) -> Reply:
    """DELETE /_control/guests: guests stop misbehaving."""
    _check_no_body(request)
    with request.cloud.lock:
        return Reply(200, {"removed": request.cloud.guests.clear()})


def meet_guest(request: Request) -> Reply:
    """POST /_control/guests/meet: a guest asks whether it must misbehave in a way now, which is counted if it must."""
    given = request.object
    with _field_errors_as_400():
        fields.check(given, {"kind": (str,), "instance": (list,), "flavor": (str,), "call": (str,)})
        guests.check_kind(given)
        if not given.get("instance") or not all(isinstance(name, str) for name in given["instance"]):
            raise FieldError("instance: must be a list of the guest's names: its id and its name")
    with request.cloud.lock:
        met = request.cloud.guests.meet(
            given["kind"],
            instance=set(given["instance"]),
            flavor=given.get("flavor", ""),
            call=given.get("call", ""),
        )
        return Reply(200, {"meet": met})


def _number(request: Request, name: str, default: float) -> float:
    try:
        value = float(request.args.get(name, default))
    except ValueError as error:
        raise errors.invalid(name, "", "must be a number") from error
    if not math.isfinite(value):
        raise errors.invalid(name, "", "must be a number")
    return max(0.0, value)


def _check_no_body(request: Request) -> None:
    with _field_errors_as_400():
        fields.check(request.object, {})


@contextmanager
def _field_errors_as_400() -> Iterator[None]:
    """Turn a FieldError into a 400."""
    try:
        yield
    except FieldError as error:
        raise errors.invalid("", "", str(error)) from error
