"""Retained volumes: data volumes kept after their instance was deleted, because backups need their snapshots."""

from typing import Any

from cinderclient import exceptions as cinder_exceptions
from oslo_config import cfg
from oslo_log import log as logging

from trove_resources.errors import TransientError
from trove_resources.flows.waiting import OneByOne, Wait
from trove_resources.plugin.database.instances import FormerInstance
from trove_resources.plugin.tasks.flows import TaskFlows
from trove_resources.plugin.tasks.running import Tasks

LOG = logging.getLogger(__name__)


class RetainedVolumes:
    """Deletes retained volumes once nothing needs them."""

    def __init__(self, conf: cfg.ConfigOpts, flows: TaskFlows, tasks: Tasks) -> None:
        self._conf, self._flows, self._tasks = conf, flows, tasks

    def delete_with_snapshot(self, context: Any, backup: Any) -> None:
        """Delete the volume of a deleted instance once the snapshot of a deleted backup is gone.

        A volume with other snapshots stays. A failure is logged and does not fail the delete of the backup: the delete
        of the next backup tries again.
        """
        if backup.storage_driver != "cinder" or not backup.location:
            return
        instance_id, snapshot_id = backup.instance_id, backup.location.split("/")[-1]
        try:
            instance = FormerInstance.load(context, instance_id, self._conf)
            if not instance.db_info.deleted:
                return
            with self._tasks.begin("delete", instance_id, context) as task:
                wait: Wait[str] = Wait(
                    what=f"snapshot {snapshot_id} to be deleted",
                    reached=lambda status: status is None,
                    seconds=float(self._conf.server_delete_time_out),
                    show=str,
                )
                cinder = instance.volume_client
                watch = OneByOne(("snapshot", cinder), lambda each: _snapshot_status(cinder, each))
                task.context().wait(watch, snapshot_id, wait)
                task.run(self._flows.build("delete", instance_id, {}), instance)
        except Exception as error:  # noqa: BLE001 - the backup is deleted, whatever happens to the volume
            LOG.error(  # noqa: TRY400 - the message has the cause
                "instance %s is deleted, and its volume %s, retained for the deleted backup %s, may be left: %s",
                instance_id,
                instance.volume_id,
                backup.id,
                getattr(error, "cause", error),
            )


def _snapshot_status(cinder: Any, snapshot_id: str) -> str | None:
    """Return a snapshot's status, or None when it is gone, with Trove's own client, which requested its deletion."""
    try:
        return str(cinder.volume_snapshots.get(snapshot_id).status)
    except cinder_exceptions.NotFound:
        return None
    except cinder_exceptions.ClientException as error:
        raise TransientError(
            service="Cinder",
            request=f"GET /snapshots/{snapshot_id}",
            status=error.code,
            said=str(error.message),
            request_id=error.request_id,
        ) from error
