"""The task manager that Trove starts in the place of its own."""

from dataclasses import replace
from typing import Any

from oslo_service import periodic_task
from trove.backup.models import Backup
from trove.common import cfg
from trove.common.exception import TroveError
from trove.common.notification import EndNotification
from trove.db.sqlalchemy import session
from trove.taskmanager import manager as upstream

from trove_resources.plugin.composition import Composition, install
from trove_resources.plugin.database import ownership
from trove_resources.plugin.tasks import delete, retained_volumes
from trove_resources.plugin.tasks.change import Change
from trove_resources.plugin.tasks.create import Create, group_of
from trove_resources.plugin.tasks.create_request import Creation
from trove_resources.plugin.tasks.recovery import Recovery


class Manager(upstream.Manager):  # type: ignore[misc]  # Trove is not typed
    """Trove's task manager, whose work on the cloud goes through the resource manager."""

    def __init__(self) -> None:
        super().__init__()
        # Set here, all of them: Trove's manager takes unknown attributes for methods of cluster strategies.
        ownership.require_columns(session.get_engine())
        self._composition = Composition(cfg.CONF)
        install(self._composition)
        self._create = Create(self._composition, cfg.CONF)
        self._change = Change(self._composition)
        self._interrupted = Recovery(self._composition)

    @periodic_task.periodic_task(spacing=1, run_immediately=True)  # type: ignore[untyped-decorator]
    def look_for_interrupted(self, context: Any) -> None:  # noqa: ARG002 - Trove gives none
        """See to what nobody watches any more, as often as ``sweep_interval`` says: Trove calls this more often."""
        self._interrupted.look()

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
        """Create one instance, or replicas; called by Trove's ``create_instance``, which notifies of the end."""
        creation = Creation(
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
            self._create.replicas(context, ids, slave_of_id, creation, passwords)
        elif many:
            raise TroveError(message="Cannot create multiple non-replica instances.")
        else:
            one = replace(creation, root_password=root_password)
            self._create.one(context, instance_id, one, group_of(locality))

    def resize_flavor(self, context: Any, instance_id: str, old_flavor: Any, new_flavor: Any) -> None:
        """Give an instance another flavor."""
        with EndNotification(context):
            self._change.resize_flavor(context, instance_id, old_flavor, new_flavor)

    def resize_volume(self, context: Any, instance_id: str, new_size: Any) -> None:
        """Grow the data volume of an instance to ``new_size`` GiB."""
        with EndNotification(context):
            self._change.resize_volume(context, instance_id, int(new_size))

    def reboot(self, context: Any, instance_id: str) -> None:
        """Reboot the server of an instance."""
        with EndNotification(context):
            self._change.reboot(context, instance_id)

    def migrate(self, context: Any, instance_id: str, host: str | None) -> None:
        """Move the server of an instance to another host."""
        with EndNotification(context):
            self._change.migrate(context, instance_id, host)

    def rebuild(self, context: Any, instance_id: str, image_id: str) -> None:
        """Put the server of an instance on another image. Trove's API begins no notification for it."""
        self._change.rebuild(context, instance_id, image_id)

    def update_access(self, context: Any, instance_id: str, access: Any) -> None:
        """Change who may reach an instance. Trove's API begins no notification for it."""
        self._change.update_access(context, instance_id, access)

    def delete_instance(self, context: Any, instance_id: str) -> None:
        """Delete an instance, whoever made it."""
        with EndNotification(context, instance_id=instance_id):
            delete.delete(self._composition, context, instance_id)

    def delete_backup(self, context: Any, backup_id: str) -> None:
        """Delete a backup, and with the last snapshot of a deleted instance the volume that was kept for it."""
        backup = Backup.get_by_id(context, backup_id)
        super().delete_backup(context, backup_id)
        retained_volumes.delete_with_snapshot(self._composition, context, backup)
