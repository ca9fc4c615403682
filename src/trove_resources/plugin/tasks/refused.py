"""Requests that are refused because another task holds their instance.

Trove's API writes a status to the row before it sends a request, for some requests even while another task runs. So at
its end the running task resets the status once more: the API may have written after the task did.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from trove.instance.models import DBInstance
from trove.instance.tasks import InstanceTasks

from trove_resources.errors import InstanceBusyError
from trove_resources.plugin.database.retry import retry_on_deadlock

_UNASKED = (InstanceTasks.REBOOTING, InstanceTasks.BUILDING, InstanceTasks.UPDATING)
"""What Trove's API writes even while a task runs: for reboot, rebuild and update_access."""


@dataclass(slots=True, eq=False)
class _Request:
    is_refused: bool = False


class Refused:
    """The requests of a task manager by instance: those that hold or want it, and those that were refused."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[str, set[_Request]] = {}

    @contextmanager
    def noticed(self, instance_id: str) -> Iterator[None]:
        """Enclose the task of a request. If other requests were refused meanwhile, reset the status at the end."""
        mine = _Request()
        with self._lock:
            self._requests.setdefault(instance_id, set()).add(mine)
        try:
            yield
        except InstanceBusyError:
            # It stays in the set: the task that holds the instance sees it when it ends.
            mine.is_refused = True
            raise
        except Exception:
            self._end(instance_id, mine)
            raise
        self._end(instance_id, mine)

    def _end(self, instance_id: str, mine: _Request) -> None:
        with self._lock:
            others = self._requests.pop(instance_id) - {mine}
            undecided = {each for each in others if not each.is_refused}
            if undecided:
                self._requests[instance_id] = undecided
        if others:
            _reset_status(instance_id)


@retry_on_deadlock
def _reset_status(instance_id: str) -> None:
    """Reset what Trove's API wrote for a refused request, and nothing else: a delete may have begun."""
    codes = [each.code for each in _UNASKED]
    with DBInstance.query() as rows:
        here = rows.filter(
            DBInstance.id == instance_id,
            DBInstance.task_id.in_(codes),
            DBInstance.deleted == False,  # noqa: E712 - SQL's
        )
        none = InstanceTasks.NONE
        here.update({"task_id": none.code, "task_description": none.db_text}, synchronize_session=False)
