"""One task per instance, in this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from trove_resources.errors import InstanceBusyError


@dataclass(slots=True, kw_only=True)
class _Running:
    operation: str
    stop: threading.Event


class Exclusive:
    """Lets one task per instance run. A delete stops the running task and takes its place; others are refused."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: dict[str, _Running] = {}
        self._deletes_waiting: dict[str, int] = {}

    @contextmanager
    def hold(self, instance_id: str, operation: str) -> Iterator[threading.Event]:
        """Hold an instance for an operation. The event is set when the operation is asked to stop.

        Raises InstanceBusyError when another operation holds the instance, or a delete waits for it. A ``delete`` asks
        the other operation to stop, and waits until it has ended, its undo included.
        """
        mine = _Running(operation=operation, stop=threading.Event())
        with self._changed:
            if operation == "delete":
                self._wait_for_the_other(instance_id)
            elif instance_id in self._running or instance_id in self._deletes_waiting:
                raise InstanceBusyError(instance_id, self._name(instance_id))
            self._running[instance_id] = mine
        try:
            yield mine.stop
        finally:
            with self._changed:
                del self._running[instance_id]
                self._changed.notify_all()

    def _wait_for_the_other(self, instance_id: str) -> None:
        self._deletes_waiting[instance_id] = self._deletes_waiting.get(instance_id, 0) + 1
        try:
            while instance_id in self._running:
                other = self._running[instance_id]
                # Deletes do not stop each other: the second finds what the first left.
                if other.operation != "delete":
                    other.stop.set()
                self._changed.wait()
        finally:
            self._deletes_waiting[instance_id] -= 1
            if not self._deletes_waiting[instance_id]:
                del self._deletes_waiting[instance_id]

    def _name(self, instance_id: str) -> str:
        running = self._running.get(instance_id)
        return running.operation if running else "delete"
