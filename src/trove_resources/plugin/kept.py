"""Data volumes that outlive their instances, for snapshots that are backups: they go with the last one."""

from collections.abc import Iterable, Mapping
from typing import Any

from cinderclient import exceptions as cinder_exceptions
from oslo_log import log as logging
from trove.common import cfg

from trove_resources.errors import TransientError
from trove_resources.flows.waiting import Wait
from trove_resources.plugin.composition import Composition, engine_of
from trove_resources.plugin.flow_for import flow_for
from trove_resources.plugin.instances import FormerInstance

CONF = cfg.CONF
LOG = logging.getLogger(__name__)


class _SnapshotWatch:
    """How a snapshot is asked for while somebody waits for its end, by Trove's own client, which asked for it."""

    def __init__(self, cinder: Any) -> None:
        self._cinder = cinder
        self.key = ("snapshot", cinder)

    def one(self, resource_id: str) -> str | None:
        """Return a snapshot's status."""
        try:
            return str(self._cinder.volume_snapshots.get(resource_id).status)
        except cinder_exceptions.NotFound:
            return None
        except cinder_exceptions.ClientException as error:
            raise TransientError(
                service="Cinder",
                request=f"GET /snapshots/{resource_id}",
                status=error.code,
                said=str(error.message),
                request_id=error.request_id,
            ) from error

    def many(self, resource_ids: Iterable[str]) -> Mapping[str, str]:
        """Return the statuses of those that are there."""
        states = {each: self.one(each) for each in resource_ids}
        return {each: status for each, status in states.items() if status is not None}


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
            task.context().wait(_SnapshotWatch(instance.volume_client), snapshot_id, wait)
            task.run(flow_for("delete", engine_of(instance), instance_id, {}), instance)
    except Exception as error:  # noqa: BLE001 - the backup is deleted, whatever becomes of the volume
        LOG.error(  # noqa: TRY400 - the text says it
            "instance %s is deleted, and its volume %s, kept for backup %s, which is deleted too, may be left: %s",
            instance_id,
            instance.volume_id,
            backup.id,
            getattr(error, "cause", error),
        )
