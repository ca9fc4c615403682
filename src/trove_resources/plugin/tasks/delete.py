"""The task delete: everything the instance has, and only then its row."""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from oslo_log import log as logging
from trove.common import cfg
from trove.common.exception import NotFound, TroveError
from trove.common.notification import TroveInstanceDelete
from trove.common.timeutils import isotime
from trove.instance.service_status import ServiceStatuses
from trove.instance.tasks import InstanceTasks

from trove_resources.errors import LeftoversError
from trove_resources.plugin.composition import Composition, engine_of
from trove_resources.plugin.database.instances import FreshInstance
from trove_resources.plugin.tasks.flows import flow_for
from trove_resources.plugin.tasks.task import Task

CONF = cfg.CONF
LOG = logging.getLogger(__name__)
STOP_SECONDS = 60
"""How long a guest has to stop its database before its server goes."""


class DeletedInstance(FreshInstance):
    """An instance on its way out. Trove's own ``delete_async`` marks the row deleted when this has not raised."""

    task: Task

    def _delete_resources(self, deleted_at: Any) -> None:
        """Delete everything the cloud holds for the instance. Raises TroveError, naming what is left."""
        server = self._server()
        # The group while the server is in it: afterwards nothing says whose group it was.
        failed = [*self._try("delete_group"), *self._try("delete", first=self._stop_database)]
        if failed:
            self._say_what_is_left(failed)
        TroveInstanceDelete(instance=self, deleted_at=isotime(deleted_at), server=server).notify()

    def _try(self, operation: str, *, first: Callable[[], None] = lambda: None) -> list[Exception]:
        """Run an operation's flow, and ``first`` before it once there is a flow; return what went wrong."""
        try:
            flow = flow_for(operation, engine_of(self), self.id, {})
            first()
            self.task.run(flow, self)
        except Exception as error:  # noqa: BLE001 - whatever it is, the row must not stay DELETING
            return [error]
        return []

    def _say_what_is_left(self, failed: Sequence[Exception]) -> NoReturn:
        causes = [getattr(error, "cause", error) for error in failed]
        kinds = [each.kind for cause in causes if isinstance(cause, LeftoversError) for each in cause.leftovers]
        self.mark_failed(kinds[0].lower().replace(" ", "_") if kinds else "")
        said = "; ".join(dict.fromkeys(str(cause).rstrip(".") for cause in causes))
        raise TroveError(message=f"The instance was not deleted. {said}. Delete it again.") from failed[0]

    def _server(self) -> Any:
        """Return Nova's server, whose zone stands in the notification of the end; None when Nova does not show it."""
        try:
            return self.nova_client.servers.get(self.server_id) if self.server_id else None
        except Exception as error:  # noqa: BLE001 - a notification that says less is no reason to keep the instance
            LOG.warning("instance %s: Nova does not show its server: %s", self.id, error)
            return None

    def _stop_database(self) -> None:
        """Ask a guest that is alive to stop its database; that it does not is no reason to keep the instance."""
        status = self.datastore_status
        if not (self.db_info.compute_instance_id and status.is_uptodate()):
            return
        if status.get_status() not in (ServiceStatuses.HEALTHY, ServiceStatuses.RUNNING):
            return
        try:
            self.guest.agent_high_timeout = min(STOP_SECONDS, CONF.agent_call_high_timeout)
            self.guest.stop_db()
        except Exception as error:  # noqa: BLE001 - a guest can fail in every way there is
            LOG.warning("instance %s: the guest did not stop its database: %s", self.id, error)


def delete(composition: Composition, context: Any, instance_id: str) -> None:
    """Delete an instance: stop the flow that runs for it, wait for its undo, then take everything away.

    Raises TroveError when something is left; the row stays, says what, and takes another delete.
    """
    with composition.task("delete", instance_id, context) as task:
        try:
            instance = DeletedInstance.load(context, instance_id)
        except NotFound:
            LOG.info("instance %s is deleted already", instance_id)
            return
        instance.task = task
        # What ran until now may have ended well after the API said so.
        instance.update_db(task_status=InstanceTasks.DELETING)
        # For what Trove calls the instance's state in the notification: the server is gone by then.
        instance.db_info.server_status = "SHUTDOWN"
        instance.delete_async()
