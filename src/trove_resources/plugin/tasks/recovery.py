"""Tasks that ended with their task manager: the row says the truth again, and the database runs.

The task log knows them: those of this host that never ended, and whose process is gone. Nobody else settles them.
"""

from collections.abc import Iterable
from datetime import UTC, timedelta
from pathlib import Path

from oslo_log import log as logging
from trove.common import cfg
from trove.common.exception import NotFound
from trove.instance.models import save_instance_fault
from trove.instance.tasks import InstanceTasks

from trove_resources.contract import Reconciled, Reconciler
from trove_resources.errors import InstanceBusyError, OperationIsNotSupported, ResourcesError, TaskLogError
from trove_resources.plugin.composition import Composition, engine_of
from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.tasks.flows import flow_for, own_context
from trove_resources.plugin.tasks.task import FlowFailedError
from trove_resources.task_log.reader import TaskLogReader
from trove_resources.task_log.schema import TaskRecord

CONF = cfg.CONF
LOG = logging.getLogger(__name__)

_STOPS_DATABASE = frozenset({"resize_flavor", "migrate", "reboot", "rebuild"})
_CHANGES = frozenset({*_STOPS_DATABASE, "resize_volume", "update_access"})
_LATER = timedelta(seconds=5)
"""How much after its last step a task may have written the row: its clock and the database's are two."""


class Recovery:
    """Looks, again and again, for what nobody watches any more."""

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._next = composition.clock.now()
        self._pending: dict[str, TaskRecord] = {}
        for task in _interrupted(CONF.trove_resources.task_log):
            # The latest comes first; an earlier one was settled by it, or before it.
            self._pending.setdefault(task.instance_id, task)

    def look(self) -> None:
        """Sweep and settle, unless that was a moment ago. Raises nothing: the next time comes."""
        clock = self._composition.clock
        if clock.now() < self._next:
            return
        self._next = clock.now() + CONF.trove_resources.sweep_interval
        try:
            settles = self._composition.settles
            if settles is not None:
                settles.sweep(self._composition.now())
        except ResourcesError as error:
            LOG.warning("what nobody watches any more is looked for later: %s", error)
        for instance_id, task in list(self._pending.items()):
            if self._is_settled(task):
                del self._pending[instance_id]

    def _is_settled(self, task: TaskRecord) -> bool:
        """Say whether nothing is to be done any more for a task that was interrupted."""
        try:
            return self._settle(task)
        except (NotFound, InstanceBusyError, OperationIsNotSupported):
            return True
        except FlowFailedError as error:
            LOG.error("instance %s: its database does not run again: %s", task.instance_id, error)  # noqa: TRY400
            return True
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look may go better
            what = task.operation
            LOG.warning("instance %s: its interrupted %s is settled later: %s", task.instance_id, what, error)
            return False

    def _settle(self, task: TaskRecord) -> bool:
        instance = BuiltInstance.load(own_context(), task.instance_id)
        manager = self._composition.manager(engine_of(instance), instance)
        if not (_waits_for(instance, task) and isinstance(manager, Reconciler)):
            return True
        settled = manager.settle(instance.ref, self._composition.now())
        if settled is None:
            return False
        with self._composition.task("settle", instance.id, instance.context) as mine:
            self._write(instance, task, settled)
            if task.operation in _STOPS_DATABASE:
                flavor = instance.nova_client.flavors.get(instance.flavor_id).to_dict()
                mine.run(flow_for("settle", engine_of(instance), instance.id, {"flavor": flavor}), instance)
        return True

    def _write(self, instance: BuiltInstance, task: TaskRecord, settled: Reconciled) -> None:
        """Have the row say what is, and the fault what happened."""
        if settled.flavor_id is not None:
            instance.announce("flavor_id", settled.flavor_id)
        if settled.volume_size is not None:
            instance.announce("volume_size", str(settled.volume_size))
        instance.reset_task_status()
        message = (
            f"The task manager ended in the middle of {task.operation.replace('_', ' ')}. The instance has the flavor"
            f" {instance.flavor_id} and {instance.volume_size or 'no'} GiB; ask again for what is missing."
        )
        save_instance_fault(instance.id, message, f"task {task.id} of {task.process.host}, begun {task.began}")
        LOG.warning("instance %s: %s", instance.id, message)


def _waits_for(instance: BuiltInstance, task: TaskRecord) -> bool:
    """Say whether the row still says that this task runs: nobody has begun anything else since."""
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
        LOG.warning("tasks that were interrupted are not known: %s", error)
        return ()
