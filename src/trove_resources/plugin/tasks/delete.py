"""The task delete: first everything the instance has, then its row."""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from oslo_config import cfg
from oslo_log import log as logging
from trove.common.exception import NotFound, TroveError
from trove.common.notification import TroveInstanceDelete
from trove.common.timeutils import isotime
from trove.instance.service_status import ServiceStatuses
from trove.instance.tasks import InstanceTasks

from trove_resources.errors import LeftoversError, OperationIsNotSupported
from trove_resources.plugin.database.instances import FreshInstance
from trove_resources.plugin.tasks.flows import TaskFlows
from trove_resources.plugin.tasks.running import Tasks
from trove_resources.plugin.tasks.task import Task

LOG = logging.getLogger(__name__)
STOP_SECONDS = 60
"""How long a guest has to stop its database before its server is deleted."""


class DeletedInstance(FreshInstance):
    """An instance that is being deleted. Trove's own ``delete_async`` marks the row deleted unless this raises."""

    flows: TaskFlows
    task: Task

    def _delete_resources(self, deleted_at: Any) -> None:
        """Delete everything the cloud holds for the instance. Raises TroveError that names what is left."""
        server = self._server()
        # The group first, while the server is a member: afterwards nothing says whose group it was.
        failed = [*self._try("delete_group"), *self._try("delete", first=self._stop_database)]
        if failed:
            self._raise_leftovers(failed)
        TroveInstanceDelete(instance=self, deleted_at=isotime(deleted_at), server=server).notify()

    def _try(self, operation: str, *, first: Callable[[], None] = lambda: None) -> list[Exception]:
        """Run an operation's flow, and call ``first`` before it once the flow is built; return what failed."""
        try:
            flow = self.flows.build(operation, self.id, {})
            first()
            self.task.run(flow, self)
        except OperationIsNotSupported as error:
            # A manager without server groups has created none.
            return [] if operation == "delete_group" else [error]
        except Exception as error:  # noqa: BLE001 - whatever failed, the row must not stay DELETING
            return [error]
        return []

    def _raise_leftovers(self, failed: Sequence[Exception]) -> NoReturn:
        causes = [getattr(error, "cause", error) for error in failed]
        kinds = [each.kind for cause in causes if isinstance(cause, LeftoversError) for each in cause.leftovers]
        self.mark_failed(kinds[0] if kinds else None)
        said = "; ".join(dict.fromkeys(str(cause).rstrip(".") for cause in causes))
        raise TroveError(message=f"The instance was not deleted. {said}. Delete it again.") from failed[0]

    def _server(self) -> Any:
        """Return Nova's server, whose zone the end notification names; None when Nova does not show it."""
        try:
            return self.nova_client.servers.get(self.server_id) if self.server_id else None
        except Exception as error:  # noqa: BLE001 - an incomplete notification is no reason to keep the instance
            LOG.warning("instance %s: Nova does not show its server: %s", self.id, error)
            return None

    def _stop_database(self) -> None:
        """Ask a live guest to stop its database. A failure is no reason to keep the instance."""
        status = self.datastore_status
        if not (self.db_info.compute_instance_id and status.is_uptodate()):
            return
        if status.get_status() not in (ServiceStatuses.HEALTHY, ServiceStatuses.RUNNING):
            return
        try:
            self.guest.agent_high_timeout = min(STOP_SECONDS, self.conf.agent_call_high_timeout)
            self.guest.stop_db()
        except Exception as error:  # noqa: BLE001 - a guest can fail in any way
            LOG.warning("instance %s: the guest did not stop its database: %s", self.id, error)


class Delete:
    """Deletes instances for a task manager."""

    def __init__(self, conf: cfg.ConfigOpts, flows: TaskFlows, tasks: Tasks) -> None:
        self._conf, self._flows, self._tasks = conf, flows, tasks

    def one(self, context: Any, instance_id: str) -> None:
        """Delete an instance: stop its running task, wait for the undo, then delete everything.

        Raises TroveError when something is left. Then the row stays, says what, and can be deleted again.
        """
        with self._tasks.begin("delete", instance_id, context) as task:
            try:
                instance = DeletedInstance.load(context, instance_id, self._conf)
            except NotFound:
                LOG.info("instance %s is deleted already", instance_id)
                return
            instance.flows, instance.task = self._flows, task
            # The stopped task may have succeeded, and reset the status, after the API wrote this one.
            instance.update_db(task_status=InstanceTasks.DELETING)
            # The notification has a status of the server, which is deleted by then.
            instance.db_info.server_status = "SHUTDOWN"
            instance.delete_async()
