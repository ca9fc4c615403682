"""The tasks that run in this process: at most one per instance."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from trove_resources.flows.clock import Clock
from trove_resources.flows.exclusive import Exclusive
from trove_resources.flows.waiting import Waiter
from trove_resources.markers import Owner
from trove_resources.plugin.tasks.task import Task
from trove_resources.task_log.log import TaskLog


class Tasks:
    """Begins tasks, and writes each to the task log."""

    def __init__(self, clock: Clock, task_log: TaskLog) -> None:
        self.clock = clock
        self._task_log = task_log
        self._waiter = Waiter(clock)
        self._exclusive = Exclusive()

    @contextmanager
    def begin(self, operation: str, instance_id: str, context: Any) -> Iterator[Task]:
        """Hold an instance for a task of a request. Raises InstanceBusyError; a ``delete`` waits instead."""
        with self._exclusive.hold(instance_id, operation) as stop:
            owner = Owner(instance_id=instance_id, task_id=str(uuid.uuid4()))
            request_id = str(getattr(context, "request_id", "") or "")
            task = Task(
                operation=operation,
                owner=owner,
                request_id=request_id,
                stop=stop,
                clock=self.clock,
                waiter=self._waiter,
                listener=self._task_log.began(operation, owner, request_id),
            )
            try:
                yield task
            except BaseException as error:
                # A task whose thread is killed has failed, too.
                task.error = str(error) or type(error).__name__
                raise
            finally:
                self._task_log.ended(owner, task.error)
