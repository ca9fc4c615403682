"""The task create: one instance, or the replicas of one."""

import copy
import threading
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from oslo_log import log as logging
from trove.backup.models import Backup
from trove.common.exception import TroveError
from trove.common.notification import TroveInstanceCreate
from trove.common.server_group import ServerGroup
from trove.instance.models import save_instance_fault

from trove_resources import markers
from trove_resources.errors import DeadlineExceededError, FlowStoppedError, GuestFailedError, Leftover
from trove_resources.plugin.composition import Composition
from trove_resources.plugin.database.instances import FreshInstance
from trove_resources.plugin.guest import reports
from trove_resources.plugin.tasks import create_request as creations
from trove_resources.plugin.tasks.create_request import Creation
from trove_resources.plugin.tasks.flows import flow_for
from trove_resources.plugin.tasks.task import FlowFailedError, Task

LOG = logging.getLogger(__name__)
REPLICAS_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The server group an instance is to be in: one that is there, or one to be made."""

    group_id: str | None = None
    policy: str | None = None


def group_of(locality: str | Mapping[str, str] | None) -> Group:
    """Return what Trove's ``locality`` means: a policy, or a hint that names a group."""
    if isinstance(locality, str):
        return Group(policy=locality)
    return Group(group_id=(locality or {}).get("group"))


class Create:
    """Creates instances for a task manager."""

    def __init__(self, composition: Composition, conf: Any) -> None:
        self._composition = composition
        self._conf = conf

    def one(self, context: Any, instance_id: str, creation: Creation, group: Group) -> None:
        """Create one instance and return when its database is there.

        Raises TroveError when the cloud refuses: then everything is undone, and the row says why. A guest that fails
        keeps its resources for the operator; the row says so, and nothing is raised, as stock Trove does.
        """
        instance = FreshInstance.load(context, instance_id)
        with self._composition.task("create", instance_id, context) as task:
            self._create(instance, creation, group, None, task)

    def replicas(
        self, context: Any, instance_ids: Sequence[str], source_id: str, creation: Creation, passwords: Sequence[Any]
    ) -> None:
        """Create the replicas of an instance side by side; one that fails is undone alone. The backup goes in any case.

        Raises TroveError for the first that failed, after all are over.
        """
        snapshot = self._snapshot(context, instance_ids, source_id, creation)
        backup_id = snapshot["dataset"]["snapshot_id"]
        source_group = ServerGroup.load(context, source_id)
        group = Group(group_id=source_group.id if source_group else None)

        def create(instance_id: str, password: str | None) -> None:
            instance = FreshInstance.load(_apart(context), instance_id)
            mine = replace(creation, backup_id=backup_id, root_password=password)
            with self._composition.task("create", instance_id, context) as task:
                self._create(instance, mine, group, snapshot, task)

        try:
            with ThreadPoolExecutor(REPLICAS_AT_ONCE, thread_name_prefix="replica") as executor:
                running = [executor.submit(create, *each) for each in zip(instance_ids, passwords, strict=True)]
            _raise_first(context, dict(zip(instance_ids, (each.exception() for each in running), strict=True)))
            # Each guest notifies of the end of its own.
            context.notification.needs_end_notification = False
        finally:
            Backup.delete(context, backup_id)

    def _snapshot(
        self, context: Any, instance_ids: Sequence[str], source_id: str, creation: Creation
    ) -> dict[str, Any]:
        """Return the snapshot of the source that its replicas begin with. If there is none, none of them will be."""
        conf = self._conf
        instances = [FreshInstance.load(context, each) for each in instance_ids]
        try:
            snapshot: dict[str, Any] = instances[0].get_replication_master_snapshot(
                context,
                source_id,
                creation.flavor,
                parent_backup_id=creation.backup_id,
                snapshot_driver=conf.replica_snapshot_driver or conf.storage_strategy,
            )
        except Exception as error:
            for each in instances:
                each.mark_failed("replica")
            _raise_first(context, dict.fromkeys(instance_ids, error))
            raise
        return snapshot

    def _create(
        self,
        instance: FreshInstance,
        creation: Creation,
        group: Group,
        snapshot: dict[str, Any] | None,
        task: Task,
    ) -> None:
        instance.update_db(provisioning_engine=self._composition.engine)
        try:
            backup = self._provision(instance, creation, group, task)
        except Exception as error:  # noqa: BLE001 - whatever it is, the row must not stay BUILDING
            self._failed(instance, error)
        try:
            instance.prepare_guest(creation, backup, snapshot)
        except Exception as error:
            instance.guest_failed(error)
            raise
        self._await_guest(instance, creation, task)

    def _provision(
        self, instance: FreshInstance, creation: Creation, group: Group, task: Task
    ) -> dict[str, Any] | None:
        """Make all resources; return what the guest is told of the backup to restore."""
        backup, snapshot_id = instance.backup_of(creation)
        engine = self._composition.engine
        around = creations.Surroundings(
            tenant_id=instance.tenant_id,
            user_id=instance.context.user_id,
            server_name=instance.name,
            volume_support=bool(instance.volume_support),
            snapshot_id=snapshot_id,
            group_id=group.group_id,
        )
        if group.policy:
            made = _Made()
            task.run(flow_for("create_group", engine, instance.id, {"policy": group.policy}), made)
            around = replace(around, group_id=made.group_id)
        try:
            arguments = {"task_id": task.owner.task_id, **creations.store(creation, around)}
            task.run(flow_for("provision", engine, instance.id, arguments), instance)
        except Exception as error:
            left = self._undo_group(instance, task) if group.policy else []
            if isinstance(error, FlowFailedError):
                error.leftovers += left
            raise
        return backup

    def _undo_group(self, instance: FreshInstance, task: Task) -> Sequence[Leftover]:
        """Delete the group that was made for an instance which is undone; return it if it cannot be deleted."""
        try:
            flow = flow_for("delete_group", self._composition.engine, instance.id, {})
            task.run(flow, instance, stop=threading.Event())
        except FlowFailedError as error:
            LOG.error("instance %s: its server group is left: %s", instance.id, error)  # noqa: TRY400 - the text says it
            group = markers.server_group_name(instance.id)
            return [Leftover(kind="server group", resource_id=group, reason=str(error.cause))]
        return []

    def _failed(self, instance: FreshInstance, error: Exception) -> NoReturn:
        """Say in the row what went wrong, unless a delete wanted it so, and raise it as Trove's own."""
        failed = error if isinstance(error, FlowFailedError) else None
        if not isinstance(failed.cause if failed else error, FlowStoppedError):
            instance.mark_failed(failed.role if failed else "")
        if not (failed and any(each.kind == "DNS record" for each in failed.leftovers)):
            # Trove's API writes the name when it begins.
            instance.announce("hostname", None)
        raise TroveError(message=f"The instance was not created. {error}") from error

    def _await_guest(self, instance: FreshInstance, creation: Creation, task: Task) -> None:
        conf = self._conf
        seconds = float(conf.restore_usage_timeout if creation.backup_id else conf.usage_timeout)
        try:
            reports.await_ready(task.context(), seconds)
        except FlowStoppedError as error:
            task.error = str(error)
            return
        except (GuestFailedError, DeadlineExceededError) as error:
            task.error = str(error)
            instance.guest_failed(error)
            return
        if not instance.db_info.task_status.is_error:
            instance.reset_task_status()
        flavor = creation.flavor
        TroveInstanceCreate(instance=instance, instance_size=flavor["ram"], instance_type=flavor["name"]).notify()


def _apart(context: Any) -> Any:
    """Return a context with a notification of its own: Trove changes it for a moment whenever it sends a message."""
    mine, notification = copy.copy(context), copy.copy(context.notification)
    notification.context, notification.payload = mine, dict(notification.payload)
    mine.notification = notification
    return mine


def _raise_first(context: Any, errors: Mapping[str, BaseException | None]) -> None:
    """Raise the first error, if there is one, and leave each where it belongs: with its own instance.

    Trove's notification of the end says, and writes as the fault, what is raised, of the instance it names.
    """
    failed = [(instance_id, error) for instance_id, error in errors.items() if error is not None]
    for instance_id, error in failed[1:]:
        save_instance_fault(instance_id, str(error), traceback.format_exception(error))
    for instance_id, error in failed[:1]:
        context.notification.payload["instance_id"] = instance_id
        raise error


class _Made:
    """Takes the id of a server group, which no row holds, in the place of an instance."""

    def __init__(self) -> None:
        self.group_id: str | None = None

    def announce(self, name: str, value: str | None) -> None:
        """Keep the group's id."""
        if name == "group_id":
            self.group_id = value
