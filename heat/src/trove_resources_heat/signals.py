"""Signals: parse and check what the sender wrote, run the operation, and store how it ended."""

import logging
from typing import Any
from uuid import uuid4

from heat.engine import scheduler

from trove_resources_heat.errors import bad_request, conflict
from trove_resources_heat.operations import DECISIONS, OPERATIONS
from trove_resources_heat.operations.base import Operation, Target
from trove_resources_heat.resource_data import COMPLETE, FAILED, IN_PROGRESS

LOG = logging.getLogger(__name__)

SIGNAL = "SIGNAL"
"""The action in the events of signals."""
_COMMON_KEYS = {"action": str, "id": str}
_MAX_ID_LENGTH = 255


class Signal:
    """A signal that was accepted, and its operation. The constructor raises if the signal is rejected."""

    def __init__(self, resource: Any, target: Target, details: Any) -> None:
        self._resource, self._data = resource, target.data
        kind = _kind(details)
        self._check_busy(kind)
        self.name = kind.name
        self._id = details.get("id") or uuid4().hex
        self._operation = kind(target, details)
        self._operation.request()
        self._store(IN_PROGRESS, None)

    def run(self) -> None:
        """Watch the operation until it ends, and store how it ended."""
        try:
            scheduler.TaskRunner(self._operation.watch)()
        except Exception as error:
            LOG.info("The signal %s failed", self.name, exc_info=True)
            self._store_end(FAILED, str(error))
        else:
            self._store_end(COMPLETE, None)

    def _check_busy(self, kind: type[Operation]) -> None:
        resource = self._resource
        if not resource.resource_id:
            raise bad_request(kind.name, "the server does not exist yet")
        if resource.status == resource.IN_PROGRESS and kind.name not in DECISIONS:
            raise conflict(resource.stack.name, f"{resource.action} of {resource.name}")

    def _store_end(self, status: str, reason: str | None) -> None:
        try:
            self._store(status, reason)
        except Exception:
            # The stack may have been deleted, and its resource data with it.
            LOG.info("Could not store how the signal %s ended: %s %s", self.name, status, reason, exc_info=True)

    def _store(self, status: str, reason: str | None) -> None:
        self._data.set_operation(self.name, self._id, status, reason)
        text = f"{self.name} {self._id}" + (f": {reason}" if reason else "")
        self._resource._add_event(SIGNAL, status, text)  # noqa: SLF001 - how Heat's own resources write events


def _kind(details: Any) -> type[Operation]:
    """Return the operation that a signal names. Raises its rejection if it is unknown or malformed."""
    action = details.get("action") if isinstance(details, dict) else None
    kind = OPERATIONS.get(action) if isinstance(action, str) else None
    if kind is None:
        raise bad_request("signal", f"action must be one of {', '.join(sorted(OPERATIONS))}, not {action}")
    for key, value in details.items():
        wanted = {**_COMMON_KEYS, **kind.keys}.get(key)
        if wanted is None:
            raise bad_request(kind.name, f"unknown key {key}")
        # In Python a bool is an int.
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise bad_request(kind.name, f"{key} must be of type {wanted.__name__}")
    if len(details.get("id", "")) > _MAX_ID_LENGTH:
        raise bad_request(kind.name, f"id must not be longer than {_MAX_ID_LENGTH} characters")
    return kind
