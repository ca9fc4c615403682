"""The task manager that Trove starts instead of its own."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from oslo_log import log as logging
from oslo_service import periodic_task
from trove.backup.models import Backup
from trove.common import cfg
from trove.common.exception import TroveError
from trove.common.notification import EndNotification
from trove.db.sqlalchemy import session
from trove.taskmanager import manager as upstream

from trove_resources.plugin.composition import Composition
from trove_resources.plugin.create_request import CreateRequest
from trove_resources.plugin.database import ownership
from trove_resources.plugin.tasks.create import group_of

LOG = logging.getLogger(__name__)


def _reported(task: Callable[..., None]) -> Callable[..., None]:
    """Log a failed task in one line: its row, its fault and its notification have reported the failure already.

    oslo.messaging would log the traceback of every error. It still does so for errors that are not Trove's: bugs.
    """

    @wraps(task)
    def run(self: Any, context: Any, **arguments: Any) -> None:
        try:
            task(self, context, **arguments)
        except TroveError as error:
            LOG.error("instance %s: %s", arguments.get("instance_id"), error)  # noqa: TRY400 - see above

    return run


class Manager(upstream.Manager):  # type: ignore[misc]  # Trove is not typed
    """Trove's task manager, with a resource manager for the cloud."""

    def __init__(self) -> None:
        super().__init__()
        ownership.require_columns(session.get_engine())
        # Set in the constructor: Trove's manager takes unknown attributes for methods of cluster strategies.
        self._parts = Composition(cfg.CONF)

    @periodic_task.periodic_task(spacing=1, run_immediately=True)  # type: ignore[untyped-decorator]
    def recover(self, context: Any) -> None:  # noqa: ARG002 - Trove passes none
        """End orphaned operations and recover interrupted tasks, every ``sweep_interval``.

        Trove calls it more often.
        """
        self._parts.recovery.look()

    @_reported
    def create_instance(self, context: Any, **arguments: Any) -> None:
        """Create one instance, or replicas, as Trove's own method does, with an end notification."""
        super().create_instance(context, **arguments)

    def _create_instance(  # noqa: PLR0917 - Trove's own signature
        self,
        context: Any,
        instance_id: Any,
        name: str,  # noqa: ARG002 - the row has it
        flavor: Any,
        image_id: str,
        databases: Any,
        users: Any,
        datastore_manager: str,
        packages: Any,
        volume_size: int | None,
        backup_id: str | None,
        availability_zone: str | None,
        root_password: Any,
        nics: Any,
        overrides: Any,
        slave_of_id: str | None,
        cluster_config: Any,
        volume_type: str | None,
        modules: Any,
        locality: Any,
        access: Any = None,
        ds_version: str | None = None,
    ) -> None:
        """Create one instance, or replicas. Trove's ``create_instance`` calls it, and sends the end notification."""
        request = CreateRequest(
            flavor=flavor,
            image_id=image_id,
            databases=databases,
            users=users,
            datastore_manager=datastore_manager,
            packages=packages,
            volume_size=volume_size,
            backup_id=backup_id,
            availability_zone=availability_zone,
            root_password=None,
            nics=nics or (),
            overrides=overrides,
            cluster_config=cluster_config,
            volume_type=volume_type,
            modules=modules,
            access=access or {},
            ds_version=ds_version,
        )
        many = isinstance(instance_id, list)
        ids, passwords = (instance_id, root_password) if many else ([instance_id], [root_password])
        if slave_of_id:
            self._parts.create.replicas(context, ids, slave_of_id, request, passwords)
        elif many:
            raise TroveError(message="Cannot create multiple non-replica instances.")
        else:
            one = replace(request, root_password=root_password)
            self._parts.create.one(context, instance_id, one, group_of(locality))

    @_reported
    def resize_flavor(self, context: Any, instance_id: str, old_flavor: Any, new_flavor: Any) -> None:
        """Give an instance another flavor."""
        with EndNotification(context):
            self._parts.change.resize_flavor(context, instance_id, old_flavor, new_flavor)

    @_reported
    def resize_volume(self, context: Any, instance_id: str, new_size: Any) -> None:
        """Extend the data volume of an instance to ``new_size`` GiB."""
        with EndNotification(context):
            self._parts.change.resize_volume(context, instance_id, int(new_size))

    @_reported
    def reboot(self, context: Any, instance_id: str) -> None:
        """Reboot the server of an instance."""
        with EndNotification(context):
            self._parts.change.reboot(context, instance_id)

    @_reported
    def migrate(self, context: Any, instance_id: str, host: str | None) -> None:
        """Move the server of an instance to another host."""
        with EndNotification(context):
            self._parts.change.migrate(context, instance_id, host)

    @_reported
    def rebuild(self, context: Any, instance_id: str, image_id: str) -> None:
        """Rebuild the server of an instance from another image. Trove's API begins no notification for it."""
        self._parts.change.rebuild(context, instance_id, image_id)

    @_reported
    def update_access(self, context: Any, instance_id: str, access: Any) -> None:
        """Change who may reach an instance. Trove's API begins no notification for it."""
        self._parts.change.update_access(context, instance_id, access)

    @_reported
    def delete_instance(self, context: Any, instance_id: str) -> None:
        """Delete an instance, whoever created it."""
        with EndNotification(context, instance_id=instance_id):
            self._parts.delete.one(context, instance_id)

    def delete_backup(self, context: Any, backup_id: str) -> None:
        """Delete a backup, and with the last snapshot of a deleted instance its retained volume."""
        backup = Backup.get_by_id(context, backup_id)
        super().delete_backup(context, backup_id)
        self._parts.retained_volumes.delete_with_snapshot(context, backup)
