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
from trove.quota.quota import run_with_quotas

from trove_resources.errors import CloudError, FlowStoppedError
from trove_resources.plugin.access import merged
from trove_resources.plugin.composition import Composition, engine_of
from trove_resources.plugin.flow_for import flow_for
from trove_resources.plugin.instances import BuiltInstance
from trove_resources.plugin.task import FlowFailedError

LOG = logging.getLogger(__name__)
Settle = Callable[[BuiltInstance], None]
"""Says in the row how the task ended."""


class Change:
    """Changes instances for a task manager.

    Every method raises TroveError when the task failed: what could be undone is, and the row tells the truth.
    """

    def __init__(self, composition: Composition) -> None:
        self._composition = composition

    def resize_flavor(
        self, context: Any, instance_id: str, old_flavor: Mapping[str, Any], new_flavor: Mapping[str, Any]
    ) -> None:
        """Give an instance another flavor; a failure gives back the quota that Trove's API took."""

        def give_back(instance: BuiltInstance) -> None:
            if instance.flavor_id != new_flavor["id"]:
                _give_back(instance, "ram", new_flavor["ram"] - old_flavor["ram"])

        arguments = {"old_flavor": dict(old_flavor), "new_flavor": dict(new_flavor)}
        instance = self._run("resize_flavor", context, instance_id, arguments, failed=give_back)
        moment = timeutils.isotime(instance.updated)
        TroveInstanceModifyFlavor(
            instance=instance,
            old_instance_size=old_flavor["ram"],
            instance_size=new_flavor["ram"],
            launched_at=moment,
            modify_at=moment,
        ).notify()

    def resize_volume(self, context: Any, instance_id: str, size: int) -> None:
        """Grow the data volume; a failure before it grew gives back the quota that Trove's API took."""

        def tell_the_truth(instance: BuiltInstance) -> None:
            true_size = self._volume_size(instance)
            if true_size is not None and true_size != instance.volume_size:
                instance.update_db(volume_size=true_size)
            _give_back(instance, "volumes", int(size) - int(instance.volume_size))

        self._run("resize_volume", context, instance_id, {"size": int(size)}, failed=tell_the_truth)

    def update_access(self, context: Any, instance_id: str, access: Mapping[str, Any]) -> None:
        """Change who may reach an instance."""

        def write(instance: BuiltInstance) -> None:
            instance.update_db(access=merged(instance, access), task_status=InstanceTasks.NONE)

        failed = InstanceTasks.UPDATING_ERROR_ACCESS
        self._run("update_access", context, instance_id, {"access": dict(access)}, done=write, failed_status=failed)

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
        done: Settle = lambda instance: instance.reset_task_status(),
        failed: Settle = lambda _instance: None,
        failed_status: InstanceTask = InstanceTasks.NONE,
    ) -> BuiltInstance:
        """Run an operation's flow, then ``done`` or ``failed``."""
        try:
            with self._composition.task(operation, instance_id, context) as task:
                instance = BuiltInstance.load(context, instance_id)
                try:
                    task.run(flow_for(operation, engine_of(instance), instance_id, arguments), instance)
                except Exception as error:
                    _mark_failed(instance, error, failed_status)
                    failed(instance)
                    raise
                # As Nova has it: the row is older than the flow.
                instance.db_info.server_status = "ACTIVE"
                done(instance)
                return instance
        except Exception as error:
            raise _as_fault(operation, instance_id, error) from error

    def _volume_size(self, instance: BuiltInstance) -> int | None:
        """Return the true size of the data volume in GiB, or None if the cloud does not tell."""
        try:
            inventory = self._composition.manager(engine_of(instance), instance).observe(instance.ref)
        except CloudError as error:
            LOG.warning("instance %s: the size of its volume is not known: %s", instance.id, error)
            return None
        return next((volume.size for volume in inventory.volumes if volume.id == instance.volume_id), None)


def _mark_failed(instance: BuiltInstance, error: Exception, status: InstanceTask) -> None:
    """Say in the row how a task failed, unless a delete wanted it so: then Trove's API has said that."""
    cause = error.cause if isinstance(error, FlowFailedError) else error
    left = [each.kind for each in error.leftovers] if isinstance(error, FlowFailedError) else []
    broken = next((kind for kind in left if kind in ("server", "volume")), None)
    if isinstance(cause, FlowStoppedError):
        return
    if broken:
        instance.mark_failed(broken)
    else:
        instance.update_db(task_status=status)


def _as_fault(operation: str, instance_id: str, error: Exception) -> TroveError:
    """Write what went wrong as the instance's fault, and return it as Trove's own."""
    message = f"{operation.replace('_', ' ').capitalize()} failed. {error}"
    save_instance_fault(instance_id, message, "".join(traceback.format_exception(error)))
    return TroveError(message=message)


def _give_back(instance: BuiltInstance, resource: str, amount: int) -> None:
    """Give back what Trove's API took of the tenant's quota when it accepted the request."""
    if amount:
        run_with_quotas(instance.tenant_id, {resource: -amount}, lambda: None)
