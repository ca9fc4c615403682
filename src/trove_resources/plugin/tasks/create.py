"""The task create: one instance, or several replicas."""

import copy
import threading
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from oslo_config import cfg
from oslo_log import log as logging
from trove.backup.models import Backup
from trove.common.exception import TroveError
from trove.common.notification import TroveInstanceCreate
from trove.common.server_group import ServerGroup
from trove.instance.models import save_instance_fault
from trove.instance.tasks import InstanceTasks

from trove_resources import markers
from trove_resources.errors import DeadlineExceededError, FlowStoppedError, GuestFailedError, Leftover
from trove_resources.kinds import ResourceKind
from trove_resources.plugin.create_request import CreateRequest, Surroundings
from trove_resources.plugin.database.instances import FreshInstance
from trove_resources.plugin.engines import Engines
from trove_resources.plugin.guest import reports
from trove_resources.plugin.tasks.flows import TaskFlows
from trove_resources.plugin.tasks.running import Tasks
from trove_resources.plugin.tasks.task import FlowFailedError, Task

LOG = logging.getLogger(__name__)
REPLICAS_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The server group of a new instance: an existing one, or the policy of a new one."""

    group_id: str | None = None
    policy: str | None = None


def group_of(locality: str | Mapping[str, str] | None) -> Group:
    """Return the meaning of Trove's ``locality``: a policy, or a scheduler hint that names a group."""
    if isinstance(locality, str):
        return Group(policy=locality)
    return Group(group_id=(locality or {}).get("group"))


class Create:
    """Creates instances for a task manager."""

    def __init__(self, conf: cfg.ConfigOpts, engines: Engines, flows: TaskFlows, tasks: Tasks) -> None:
        self._conf, self._engines, self._flows, self._tasks = conf, engines, flows, tasks

    def one(self, context: Any, instance_id: str, request: CreateRequest, group: Group) -> None:
        """Create one instance, and return when its database is ready.

        Raises TroveError when the cloud fails: then everything is undone, and the row says why. When the guest fails,
        the resources stay for the operator, the row says so, and nothing is raised, as in stock Trove.
        """
        instance = FreshInstance.load(context, instance_id, self._conf)
        with self._tasks.begin("create", instance_id, context) as task:
            self._create(instance, request, group, None, task)

    def replicas(
        self,
        context: Any,
        instance_ids: Sequence[str],
        source_id: str,
        request: CreateRequest,
        passwords: Sequence[Any],
    ) -> None:
        """Create the replicas of an instance at the same time. A failed one is undone alone.

        The backup for them is deleted in any case. Raises TroveError for the first that failed, after all have ended.
        """
        snapshot = self._snapshot(context, instance_ids, source_id, request)
        backup_id = snapshot["dataset"]["snapshot_id"]
        source_group = ServerGroup.load(context, source_id)
        group = Group(group_id=source_group.id if source_group else None)

        def create(instance_id: str, password: str | None) -> None:
            instance = FreshInstance.load(_apart(context), instance_id, self._conf)
            mine = replace(request, backup_id=backup_id, root_password=password)
            with self._tasks.begin("create", instance_id, context) as task:
                self._create(instance, mine, group, snapshot, task)

        try:
            with ThreadPoolExecutor(REPLICAS_AT_ONCE, thread_name_prefix="replica") as executor:
                running = [executor.submit(create, *each) for each in zip(instance_ids, passwords, strict=True)]
            _raise_first(context, dict(zip(instance_ids, (each.exception() for each in running), strict=True)))
            # Each guest sends the end notification of its own instance.
            context.notification.needs_end_notification = False
        finally:
            Backup.delete(context, backup_id)

    def _snapshot(
        self, context: Any, instance_ids: Sequence[str], source_id: str, request: CreateRequest
    ) -> dict[str, Any]:
        """Return the snapshot of the source that its replicas start from. Without one, all of them fail."""
        conf = self._conf
        instances = [FreshInstance.load(context, each, conf) for each in instance_ids]
        try:
            snapshot: dict[str, Any] = instances[0].get_replication_master_snapshot(
                context,
                source_id,
                request.flavor,
                parent_backup_id=request.backup_id,
                snapshot_driver=conf.replica_snapshot_driver or conf.storage_strategy,
            )
        except Exception as error:
            for each in instances:
                each.update_db(task_status=InstanceTasks.BUILDING_ERROR_REPLICA)
            _raise_first(context, dict.fromkeys(instance_ids, error))
            raise
        return snapshot

    def _create(
        self,
        instance: FreshInstance,
        request: CreateRequest,
        group: Group,
        snapshot: dict[str, Any] | None,
        task: Task,
    ) -> None:
        instance.update_db(provisioning_engine=self._engines.engine_of_new)
        try:
            backup = self._provision(instance, request, group, task)
        except Exception as error:  # noqa: BLE001 - whatever failed, the row must not stay BUILDING
            self._failed(instance, error)
        try:
            instance.prepare_guest(request, backup, snapshot)
        except Exception as error:
            instance.guest_failed(error)
            raise
        self._await_guest(instance, request, task)

    def _provision(
        self, instance: FreshInstance, request: CreateRequest, group: Group, task: Task
    ) -> dict[str, Any] | None:
        """Create all resources; return the guest's argument about the backup to restore."""
        backup, snapshot_id = instance.backup_of(request.backup_id)
        around = Surroundings(
            tenant_id=instance.tenant_id,
            user_id=instance.context.user_id,
            server_name=instance.name,
            volume_support=bool(instance.volume_support),
            snapshot_id=snapshot_id,
            group_id=group.group_id,
        )
        if group.policy:
            made = _CreatedGroup()
            task.run(self._flows.build("create_group", instance.id, {"policy": group.policy}), made)
            around = replace(around, group_id=made.group_id)
        try:
            task.run(self._flows.provision(instance.id, request, around, task.owner), instance)
        except Exception as error:
            left = self._undo_group(instance, task) if group.policy else []
            if isinstance(error, FlowFailedError):
                error.leftovers += left
            raise
        return backup

    def _undo_group(self, instance: FreshInstance, task: Task) -> Sequence[Leftover]:
        """Delete the group that was created for an undone instance; return it if it cannot be deleted."""
        try:
            task.run(self._flows.build("delete_group", instance.id, {}), instance, stop=threading.Event())
        except FlowFailedError as error:
            LOG.error("instance %s: its server group is left: %s", instance.id, error)  # noqa: TRY400 - the message has the cause
            group = markers.server_group_name(instance.id)
            return [Leftover(kind=ResourceKind.SERVER_GROUP, resource_id=group, reason=str(error.cause))]
        return []

    def _failed(self, instance: FreshInstance, error: Exception) -> NoReturn:
        """Write to the row what failed, unless a delete stopped the task, and raise it as an error of Trove's."""
        failed = error if isinstance(error, FlowFailedError) else None
        if not isinstance(failed.cause if failed else error, FlowStoppedError):
            instance.mark_failed(failed.kind if failed else None)
        if not (failed and any(each.kind is ResourceKind.DNS_RECORD for each in failed.leftovers)):
            # Trove's API wrote the name before the task began.
            instance.announce("hostname", None)
        raise TroveError(message=f"The instance was not created. {error}") from error

    def _await_guest(self, instance: FreshInstance, request: CreateRequest, task: Task) -> None:
        conf = self._conf
        seconds = float(conf.restore_usage_timeout if request.backup_id else conf.usage_timeout)
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
        flavor = request.flavor
        TroveInstanceCreate(instance=instance, instance_size=flavor["ram"], instance_type=flavor["name"]).notify()


def _apart(context: Any) -> Any:
    """Return a context with a notification of its own: Trove modifies it while it sends a message."""
    mine, notification = copy.copy(context), copy.copy(context.notification)
    notification.context, notification.payload = mine, dict(notification.payload)
    mine.notification = notification
    return mine


def _raise_first(context: Any, errors: Mapping[str, BaseException | None]) -> None:
    """Raise the first error, if there is one, and write the others as faults of their own instances.

    Trove's end notification reports the raised error, and writes it as the fault of the instance that it names.
    """
    failed = [(instance_id, error) for instance_id, error in errors.items() if error is not None]
    for instance_id, error in failed[1:]:
        save_instance_fault(instance_id, str(error), traceback.format_exception(error))
    for instance_id, error in failed[:1]:
        context.notification.payload["instance_id"] = instance_id
        raise error


class _CreatedGroup:
    """Receives the id of a server group, which no row has a column for."""

    def __init__(self) -> None:
        self.group_id: str | None = None

    def announce(self, name: str, value: str | None) -> None:
        """Remember the group's id."""
        if name == "group_id":
            self.group_id = value
