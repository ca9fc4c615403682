"""A signal, from what its sender wrote to the operation that runs."""

import logging
from typing import Any
from uuid import uuid4

from heat.engine import scheduler

from trove_resources_heat.operation import Operation, Surroundings
from trove_resources_heat.operations import DECISIONS, OPERATIONS
from trove_resources_heat.record import COMPLETE, FAILED, IN_PROGRESS
from trove_resources_heat.refusals import busy, refused

LOG = logging.getLogger(__name__)

SIGNAL = "SIGNAL"
"""The action in the events of signals."""
_EVERY = {"action": str, "id": str}
_LONGEST_ID = 255


class Signal:
    """One signal that was not refused."""

    def __init__(self, resource: Any, around: Surroundings, details: Any) -> None:
        self._resource, self._record = resource, around.record
        kind = _kind(details)
        self._check_busy(kind)
        self.name = kind.name
        self._id = details.get("id") or uuid4().hex
        self._operation = kind(around, details)
        self._operation.ask()
        # What follows is for those who want to know what became of it: it must not fail what has begun.
        self._note(IN_PROGRESS, None)

    def run(self) -> None:
        """Watch the operation to its end, and write down how it ended."""
        try:
            scheduler.TaskRunner(self._operation.watch)()
        except Exception as error:
            LOG.info("the signal %s failed", self.name, exc_info=True)
            self._note_end(FAILED, str(error))
        else:
            self._note_end(COMPLETE, None)

    def _check_busy(self, kind: type[Operation]) -> None:
        resource = self._resource
        if not resource.resource_id:
            raise refused(kind.name, "there is no server yet")
        if resource.status == resource.IN_PROGRESS and kind.name not in DECISIONS:
            raise busy(resource.stack.name, f"{resource.action} of {resource.name}")

    def _note_end(self, status: str, reason: str | None) -> None:
        try:
            self._note(status, reason)
        except Exception:
            # The stack may be deleted by now, and with it what there is to write on.
            LOG.info("how the signal %s ended cannot be written: %s %s", self.name, status, reason, exc_info=True)

    def _note(self, status: str, reason: str | None) -> None:
        self._record.note(self.name, self._id, status, reason)
        text = f"{self.name} {self._id}" + (f": {reason}" if reason else "")
        self._resource._add_event(SIGNAL, status, text)  # noqa: SLF001 - how heat's own resources write events


def _kind(details: Any) -> type[Operation]:
    """Return the operation a signal asks for. Raises its refusal when it is not one of ours, or not well written."""
    action = details.get("action") if isinstance(details, dict) else None
    kind = OPERATIONS.get(action) if isinstance(action, str) else None
    if kind is None:
        raise refused("signal", f"action is one of {', '.join(sorted(OPERATIONS))}, not {action}")
    for key, value in details.items():
        wanted = {**_EVERY, **kind.keys}.get(key)
        if wanted is None:
            raise refused(kind.name, f"it does not take {key}")
        # A bool is an int to Python, not to the sender.
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise refused(kind.name, f"{key} is not a {wanted.__name__}")
    if len(details.get("id", "")) > _LONGEST_ID:
        raise refused(kind.name, f"id is longer than {_LONGEST_ID} characters")
    return kind
