"""The tasks that change an instance that is there."""

import traceback
from collections.abc import Callable, Mapping
from typing import Any

from oslo_log import log as logging
from trove.common import timeutils
from trove.common.exception import TroveError
from trove.common.notification import TroveInstanceModifyFlavor
from trove.instance.models import save_instance_fault
from trove.instance.tasks import InstanceTask, InstanceTasks

from trove_resources.errors import FlowStoppedError, ResourcesError
from trove_resources.plugin.composition import Composition, engine_of
from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.tasks.access import merged
from trove_resources.plugin.tasks.flows import flow_for
from trove_resources.plugin.tasks.quota import Announced, give_back
from trove_resources.plugin.tasks.refused import Refused
from trove_resources.plugin.tasks.task import FlowFailedError

LOG = logging.getLogger(__name__)


class Change:
    """Changes instances for a task manager.

    Every method raises TroveError when the task failed: what could be undone is, and the row tells the truth.
    """

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._refused = Refused()

    def resize_flavor(
        self, context: Any, instance_id: str, old_flavor: Mapping[str, Any], new_flavor: Mapping[str, Any]
    ) -> None:
        """Give an instance another flavor; a failure gives back the quota that Trove's API took."""

        def settle(instance: BuiltInstance, announced: Announced) -> None:
            has_it = instance.flavor_id == new_flavor["id"]
            if not has_it or "flavor_id" in announced.too_late:
                give_back(instance, "ram", new_flavor["ram"] - old_flavor["ram"])
            if has_it:
                _notify_of_flavor(instance, old_flavor, new_flavor)

        arguments = {"old_flavor": dict(old_flavor), "new_flavor": dict(new_flavor)}
        self._run("resize_flavor", context, instance_id, arguments, settle=settle)

    def resize_volume(self, context: Any, instance_id: str, size: int) -> None:
        """Grow the data volume; a failure before it grew gives back the quota that Trove's API took."""

        def settle(instance: BuiltInstance, announced: Announced) -> None:
            if instance.volume_size != size:
                self._announce_true_size(instance, announced)
            too_late = "volume_size" in announced.too_late
            counted: int = announced.size_before if too_late else instance.volume_size
            give_back(instance, "volumes", size - counted)

        self._run("resize_volume", context, instance_id, {"size": size}, settle=settle)

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
        """Put an instance's server on another image."""
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
        settle: Callable[[BuiltInstance, Announced], None] = lambda _instance, _announced: None,
    ) -> None:
        """Run an operation's flow, and say in the row how it ended: ``done``, or the status ``failed``.

        ``settle`` comes last, in either case.
        """
        try:
            with self._refused.noticed(instance_id), self._composition.task(operation, instance_id, context) as task:
                instance = BuiltInstance.load(context, instance_id)
                announced = Announced(instance, task.stop)
                try:
                    task.run(flow_for(operation, engine_of(instance), instance_id, arguments), announced)
                except Exception as error:
                    _mark_failed(instance, error, failed)
                    raise
                else:
                    done(instance)
                finally:
                    settle(instance, announced)
        except Exception as error:
            raise _as_fault(operation, instance_id, error) from error

    def _announce_true_size(self, instance: BuiltInstance, announced: Announced) -> None:
        """Have the row say what size the data volume has: it may have grown when the flow had given up."""
        try:
            inventory = self._composition.manager(engine_of(instance), instance).observe(instance.ref)
        except ResourcesError as error:
            LOG.warning("instance %s: the size of its volume is not known: %s", instance.id, error)
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
    """Say in the row how a task failed, unless a delete wanted it so: then Trove's API has said that."""
    if not isinstance(error, FlowFailedError):
        # Refused: nothing was begun.
        instance.reset_task_status()
        return
    if isinstance(error.cause, FlowStoppedError):
        return
    broken = next((each.kind for each in error.leftovers if each.kind in ("server", "volume")), None)
    if broken:
        instance.mark_failed(broken)
    else:
        instance.update_db(task_status=status)


def _as_fault(operation: str, instance_id: str, error: Exception) -> TroveError:
    """Write what went wrong as the instance's fault, and return it as Trove's own."""
    what = operation.replace("_", " ").capitalize()
    began = isinstance(error, FlowFailedError)
    message = f"{what} {'failed' if began else 'was refused'}. {error}"
    save_instance_fault(instance_id, message, "".join(traceback.format_exception(error)))
    return TroveError(message=message)
