"""The tasks that change an existing instance."""

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from oslo_config import cfg
from oslo_log import log as logging
from trove.common import timeutils
from trove.common.exception import TroveError
from trove.common.notification import TroveInstanceModifyFlavor
from trove.instance.models import save_instance_fault
from trove.instance.tasks import InstanceTask, InstanceTasks

from trove_resources.errors import FlowStoppedError, ResourcesError
from trove_resources.kinds import ResourceKind
from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.engines import Engines
from trove_resources.plugin.tasks.access import merged
from trove_resources.plugin.tasks.flows import TaskFlows
from trove_resources.plugin.tasks.quota import Announced, give_back
from trove_resources.plugin.tasks.refused import Refused
from trove_resources.plugin.tasks.running import Tasks
from trove_resources.plugin.tasks.task import FlowFailedError

LOG = logging.getLogger(__name__)
_BROKEN = (ResourceKind.SERVER, ResourceKind.DATA_VOLUME, ResourceKind.ROOT_VOLUME)
"""What an instance is unusable without."""


class Change:
    """Changes instances for a task manager.

    Every method raises TroveError when the task failed. Then what can be undone is undone, and the row says what is.
    """

    def __init__(self, conf: cfg.ConfigOpts, engines: Engines, flows: TaskFlows, tasks: Tasks) -> None:
        self._conf, self._engines, self._flows, self._tasks = conf, engines, flows, tasks
        self._refused = Refused()

    def resize_flavor(
        self, context: Any, instance_id: str, old_flavor: Mapping[str, Any], new_flavor: Mapping[str, Any]
    ) -> None:
        """Give an instance another flavor. A failure gives back the quota that Trove's API took."""

        def conclude(instance: BuiltInstance, announced: Announced) -> None:
            is_resized = instance.flavor_id == new_flavor["id"]
            if not is_resized or "flavor_id" in announced.too_late:
                give_back(instance, "ram", new_flavor["ram"] - old_flavor["ram"])
            if is_resized:
                _notify_of_flavor(instance, old_flavor, new_flavor)

        arguments = {"old_flavor": dict(old_flavor), "new_flavor": dict(new_flavor)}
        self._run("resize_flavor", context, instance_id, arguments, conclude=conclude)

    def resize_volume(self, context: Any, instance_id: str, size: int) -> None:
        """Extend the data volume. A failure before it is extended gives back the quota that Trove's API took."""

        def conclude(instance: BuiltInstance, announced: Announced) -> None:
            if instance.volume_size != size:
                self._announce_true_size(instance, announced)
            too_late = "volume_size" in announced.too_late
            counted: int = announced.size_before if too_late else instance.volume_size
            give_back(instance, "volumes", size - counted)

        self._run("resize_volume", context, instance_id, {"size": size}, conclude=conclude)

    def update_access(self, context: Any, instance_id: str, access: Mapping[str, Any]) -> None:
        """Change who may reach an instance."""

        def write(instance: BuiltInstance) -> None:
            instance.update_db(access=merged(instance, access), task_status=InstanceTasks.NONE)

        failed = InstanceTasks.UPDATING_ERROR_ACCESS
        self._run("update_access", context, instance_id, {"access": dict(access)}, done=write, failed=failed)

    def reboot(self, context: Any, instance_id: str) -> None:
        """Reboot an instance's server."""
        self._run("reboot", context, instance_id, {})

    def rebuild(self, context: Any, instance_id: str, image_id: str) -> None:
        """Rebuild an instance's server from another image."""
        self._run("rebuild", context, instance_id, {"image_id": image_id})

    def migrate(self, context: Any, instance_id: str, host: str | None) -> None:
        """Move an instance's server to another host."""
        self._run("migrate", context, instance_id, {"host": host})

    def _run(
        self,
        operation: str,
        context: Any,
        instance_id: str,
        arguments: Mapping[str, Any],
        *,
        done: Callable[[BuiltInstance], None] = lambda instance: instance.reset_task_status(),
        failed: InstanceTask = InstanceTasks.NONE,
        conclude: Callable[[BuiltInstance, Announced], None] = lambda _instance, _announced: None,
    ) -> None:
        """Run an operation's flow, and write to the row how it ended: ``done``, or the status ``failed``.

        ``conclude`` is called last, in either case.
        """
        try:
            with self._refused.noticed(instance_id), self._tasks.begin(operation, instance_id, context) as task:
                instance = BuiltInstance.load(context, instance_id, self._conf)
                announced = Announced(instance, task.stop)
                try:
                    task.run(self._flows.build(operation, instance_id, arguments), announced)
                except Exception as error:
                    _mark_failed(instance, error, failed)
                    raise
                else:
                    done(instance)
                finally:
                    conclude(instance, announced)
        except Exception as error:
            raise _as_fault(operation, instance_id, error) from error

    def _announce_true_size(self, instance: BuiltInstance, announced: Announced) -> None:
        """Write the size that the data volume has: it may have reached it after the flow gave up."""
        try:
            manager = self._engines.manager_for(instance.ref, instance.db_info.region_id)
            inventory = manager.observe(instance.ref)
        except ResourcesError as error:
            LOG.warning("instance %s: cannot read the size of its volume: %s", instance.id, error)
            return
        size = next((volume.size for volume in inventory.volumes if volume.id == instance.volume_id), None)
        if size not in (None, instance.volume_size):
            announced.announce("volume_size", str(size))


def _notify_of_flavor(instance: BuiltInstance, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    moment = timeutils.isotime(instance.updated)
    TroveInstanceModifyFlavor(
        instance=instance,
        old_instance_size=old["ram"],
        instance_size=new["ram"],
        launched_at=moment,
        modify_at=moment,
    ).notify()


def _mark_failed(instance: BuiltInstance, error: Exception, status: InstanceTask) -> None:
    """Write to the row how a task failed, unless a delete stopped it: then Trove's API has written that."""
    if not isinstance(error, FlowFailedError):
        # Refused: nothing was changed.
        instance.reset_task_status()
        return
    if isinstance(error.cause, FlowStoppedError):
        return
    broken = next((each.kind for each in error.leftovers if each.kind in _BROKEN), None)
    if broken:
        instance.mark_failed(broken)
    else:
        instance.update_db(task_status=status)


def _as_fault(operation: str, instance_id: str, error: Exception) -> TroveError:
    """Write the failure as the instance's fault, and return it as an error of Trove's."""
    what = operation.replace("_", " ").capitalize()
    began = isinstance(error, FlowFailedError)
    message = f"{what} {'failed' if began else 'was refused'}. {error}"
    save_instance_fault(instance_id, message, "".join(traceback.format_exception(error)))
    return TroveError(message=message)
