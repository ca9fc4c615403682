"""Recovery from tasks that ended with their task manager: the row becomes true again, and the database runs.

The task log knows these tasks: they began on this host, never ended, and their process is gone. No other host recovers
them.
"""

from collections.abc import Iterable
from datetime import UTC, timedelta
from pathlib import Path

from oslo_config import cfg
from oslo_log import log as logging
from trove.common.exception import NotFound
from trove.instance.models import save_instance_fault
from trove.instance.tasks import InstanceTasks

from trove_resources.contract import Reconciled, Reconciler
from trove_resources.errors import InstanceBusyError, OperationIsNotSupported, ResourcesError, TaskLogError
from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.engines import Engines
from trove_resources.plugin.tasks.flows import TaskFlows
from trove_resources.plugin.tasks.running import Tasks
from trove_resources.plugin.tasks.task import FlowFailedError
from trove_resources.task_log.log import Now
from trove_resources.task_log.reader import TaskLogReader
from trove_resources.task_log.schema import TaskRecord

LOG = logging.getLogger(__name__)

_STOPS_DATABASE = frozenset({"resize_flavor", "migrate", "reboot", "rebuild"})
_CHANGES = frozenset({*_STOPS_DATABASE, "resize_volume", "update_access"})
_LATER = timedelta(seconds=5)
"""How long after its last step a task may have written the row: its host and the database have different clocks."""


class Recovery:
    """Searches periodically for orphaned operations and interrupted tasks."""

    def __init__(self, conf: cfg.ConfigOpts, engines: Engines, flows: TaskFlows, tasks: Tasks, *, now: Now) -> None:
        self._conf, self._engines, self._flows, self._tasks, self._now = conf, engines, flows, tasks, now
        self._next = tasks.clock.now()
        self._pending: dict[str, TaskRecord] = {}
        for task in _interrupted(conf.trove_resources.task_log):
            # The latest task of an instance comes first, and makes earlier ones irrelevant.
            self._pending.setdefault(task.instance_id, task)

    def look(self) -> None:
        """End orphaned operations and recover, if ``sweep_interval`` has passed.

        Raises nothing: it runs again later.
        """
        clock = self._tasks.clock
        if clock.now() < self._next:
            return
        self._next = clock.now() + self._conf.trove_resources.sweep_interval
        try:
            reconciler = self._engines.reconciler
            if reconciler is not None:
                reconciler.end_orphaned(self._now())
        except ResourcesError as error:
            LOG.warning("cannot search for orphaned operations now, will try again: %s", error)
        for instance_id, task in list(self._pending.items()):
            if self._is_recovered(task):
                del self._pending[instance_id]

    def _is_recovered(self, task: TaskRecord) -> bool:
        """Recover from an interrupted task, and return whether that is done."""
        try:
            return self._recover(task)
        except (NotFound, InstanceBusyError, OperationIsNotSupported):
            return True
        except FlowFailedError as error:
            LOG.error("instance %s: cannot start its database again: %s", task.instance_id, error)  # noqa: TRY400
            return True
        except Exception as error:  # noqa: BLE001 - whatever failed, the next attempt may succeed
            what = task.operation
            LOG.warning(
                "instance %s: cannot recover from its interrupted %s now, will try again: %s",
                task.instance_id,
                what,
                error,
            )
            return False

    def _recover(self, task: TaskRecord) -> bool:
        instance = BuiltInstance.load(self._flows.own_context(), task.instance_id, self._conf)
        manager = self._engines.manager_for(instance.ref, instance.db_info.region_id)
        if not (_waits_for(instance, task) and isinstance(manager, Reconciler)):
            return True
        reconciled = manager.reconcile(instance.ref, self._now())
        if reconciled is None:
            return False
        with self._tasks.begin("recover", instance.id, instance.context) as mine:
            self._write(instance, task, reconciled)
            if task.operation in _STOPS_DATABASE:
                flavor = instance.nova_client.flavors.get(instance.flavor_id).to_dict()
                mine.run(self._flows.build("recover", instance.id, {"flavor": flavor}), instance)
        return True

    def _write(self, instance: BuiltInstance, task: TaskRecord, reconciled: Reconciled) -> None:
        """Write what is to the row, and what happened to the fault."""
        if reconciled.flavor_id is not None:
            instance.announce("flavor_id", reconciled.flavor_id)
        if reconciled.volume_size is not None:
            instance.announce("volume_size", str(reconciled.volume_size))
        instance.reset_task_status()
        message = (
            f"The task manager ended during {task.operation.replace('_', ' ')}. The instance has the flavor"
            f" {instance.flavor_id} and {instance.volume_size or 'no'} GiB; repeat the request if needed."
        )
        save_instance_fault(instance.id, message, f"task {task.id} of {task.process.host}, begun {task.began}")
        LOG.warning("instance %s: %s", instance.id, message)


def _waits_for(instance: BuiltInstance, task: TaskRecord) -> bool:
    """Return whether the row still says that this task runs: nothing else has begun since."""
    row = instance.db_info
    if task.operation not in _CHANGES or row.deleted or row.task_status in (InstanceTasks.NONE, InstanceTasks.DELETING):
        return False
    latest = max([task.began, *(step.began for step in task.steps)])
    return bool(row.updated.replace(tzinfo=UTC) <= latest + _LATER)


def _interrupted(path: str) -> Iterable[TaskRecord]:
    if not path or not Path(path).exists():
        return ()
    try:
        return TaskLogReader(Path(path)).interrupted()
    except TaskLogError as error:
        LOG.warning("cannot read which tasks were interrupted: %s", error)
        return ()
