"""Data volumes that outlive their instances, for snapshots that are backups: they go with the last one."""

from typing import Any

from cinderclient import exceptions as cinder_exceptions
from oslo_log import log as logging
from trove.common import cfg

from trove_resources.errors import TransientError
from trove_resources.flows.waiting import OneByOne, Wait
from trove_resources.plugin.composition import Composition, engine_of
from trove_resources.plugin.database.instances import FormerInstance
from trove_resources.plugin.tasks.flows import flow_for

CONF = cfg.CONF
LOG = logging.getLogger(__name__)


def delete_with_snapshot(composition: Composition, context: Any, backup: Any) -> None:
    """Delete the volume of a deleted instance once the snapshot of a deleted backup is gone, unless it has others.

    That the volume is left is logged, and does not fail the delete of the backup: the next one tries again.
    """
    if backup.storage_driver != "cinder" or not backup.location:
        return
    instance_id, snapshot_id = backup.instance_id, backup.location.split("/")[-1]
    try:
        instance = FormerInstance.load(context, instance_id)
        if not instance.db_info.deleted:
            return
        with composition.task("delete", instance_id, context) as task:
            wait: Wait[str] = Wait(
                what=f"snapshot {snapshot_id} to be gone",
                reached=lambda status: status is None,
                seconds=float(CONF.server_delete_time_out),
                show=str,
            )
            cinder = instance.volume_client
            watch = OneByOne(("snapshot", cinder), lambda each: _snapshot_status(cinder, each))
            task.context().wait(watch, snapshot_id, wait)
            task.run(flow_for("delete", engine_of(instance), instance_id, {}), instance)
    except Exception as error:  # noqa: BLE001 - the backup is deleted, whatever becomes of the volume
        LOG.error(  # noqa: TRY400 - the text says it
            "instance %s is deleted, and its volume %s, kept for backup %s, which is deleted too, may be left: %s",
            instance_id,
            instance.volume_id,
            backup.id,
            getattr(error, "cause", error),
        )


def _snapshot_status(cinder: Any, snapshot_id: str) -> str | None:
    """Return a snapshot's status, or None when it is gone, by Trove's own client, which asked for its end."""
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
