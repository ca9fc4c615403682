"""Instances as tasks see them: loaded from Trove's database alone, whatever the state of the cloud."""

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

from oslo_config import cfg
from oslo_log import log as logging
from trove.backup.models import Backup
from trove.common import clients, constants
from trove.instance import models as instance_models
from trove.instance.tasks import InstanceTask, InstanceTasks
from trove.taskmanager import models as taskmanager_models

from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.plugin.create_request import CreateRequest
from trove_resources.plugin.database.instance_rows import DEFAULT_ENGINE
from trove_resources.plugin.database.retry import retry_on_deadlock
from trove_resources.spec import Nic

LOG = logging.getLogger(__name__)

ERRORS: Final[Mapping[ResourceKind, InstanceTask]] = {
    ResourceKind.SECURITY_GROUP: InstanceTasks.BUILDING_ERROR_SEC_GROUP,
    ResourceKind.USER_PORT: InstanceTasks.BUILDING_ERROR_PORT,
    ResourceKind.MANAGEMENT_PORT: InstanceTasks.BUILDING_ERROR_PORT,
    ResourceKind.PORT: InstanceTasks.BUILDING_ERROR_PORT,
    ResourceKind.FLOATING_IP: InstanceTasks.BUILDING_ERROR_PORT,
    ResourceKind.DATA_VOLUME: InstanceTasks.BUILDING_ERROR_VOLUME,
    ResourceKind.ROOT_VOLUME: InstanceTasks.BUILDING_ERROR_VOLUME,
    ResourceKind.DNS_RECORD: InstanceTasks.BUILDING_ERROR_DNS,
}
"""The task status for a failure, by the kind of resource that failed; for all others BUILDING_ERROR_SERVER."""

COLUMNS = {
    "server_id": "compute_instance_id",
    "volume_id": "volume_id",
    "stack_id": "stack_id",
    "hostname": "hostname",
    "flavor_id": "flavor_id",
    "volume_size": "volume_size",
}
"""The column of each announced result."""

_ASKS_FOR_NIC: Final = "networks" in inspect.signature(instance_models.BaseInstance.get_injected_files).parameters
"""Whether Trove looks up the user port itself, as since release 26; before, its task manager added the file."""


class _WithoutCloud:
    """An instance as tasks see it: from Trove's database alone, and with what flows need from it."""

    conf: cfg.ConfigOpts
    _nic: Nic | None = None

    @classmethod
    def load(cls, context: Any, instance_id: str, conf: cfg.ConfigOpts, *, include_deleted: bool = False) -> Self:
        """Load an instance without asking the cloud. Raises NotFound."""
        row = instance_models.get_db_info(context, instance_id, include_deleted=include_deleted)
        row.server_status, row.addresses = None, []
        status = instance_models.InstanceServiceStatus.find_by(instance_id=instance_id)
        made: Any = cls
        loaded: Self = made(context, row, None, status)
        loaded.conf = conf
        return loaded

    @property
    def ref(self: Any) -> InstanceRef:
        """What the row says about the instance's resources."""
        row = self.db_info
        return InstanceRef(
            instance_id=self.id,
            tenant_id=self.tenant_id,
            server_id=row.compute_instance_id,
            volume_id=row.volume_id,
            stack_id=row.stack_id,
            engine=row.provisioning_engine or DEFAULT_ENGINE,
        )

    @retry_on_deadlock
    def update_db(self: Any, **values: object) -> None:
        """Write values to the row, as Trove's own method does."""
        super().update_db(**values)  # type: ignore[misc]

    def announce(self: Any, name: str, value: str | None) -> None:
        """Write an announced result of a flow to the row; None clears it."""
        if name in COLUMNS:
            typed = int(value) if value is not None and name == "volume_size" else value
            self.update_db(**{COLUMNS[name]: typed})

    def mark_failed(self: Any, kind: ResourceKind | None) -> None:
        """Write the task status for a failure, by the kind of resource that failed."""
        status = ERRORS.get(kind, InstanceTasks.BUILDING_ERROR_SERVER) if kind else InstanceTasks.BUILDING_ERROR_SERVER
        self.update_db(task_status=status)

    @property
    def volume_mount(self: Any) -> Mapping[str, str]:
        """The device of the data volume, and the directory where the guest mounts it, as the guest's arguments."""
        return {"device_path": self.device_path, "mount_point": self._mount_point(self.datastore_version.manager)}

    def _mount_point(self: Any, datastore_manager: str) -> str:
        return str(self.conf[datastore_manager].mount_point)

    def user_data(self: Any, datastore_manager: str, version: str | None) -> Callable[[Nic | None], str]:
        """Return a function that renders the user data for cloud-init, from the user port if it describes one."""

        def render(nic: Nic | None) -> str:
            self._nic = nic
            files = self._files(datastore_manager, version)
            extra = self.prepare_userdata(datastore_manager)
            config: str = self.prepare_cloud_config(files)
            return self.combine_cloudinit_userdata(config, extra) if extra else config

        return render

    def _files(self: Any, datastore_manager: str, version: str | None) -> dict[str, str]:
        """Return the files that cloud-init writes for Trove, by path."""
        files: dict[str, str]
        if _ASKS_FOR_NIC:
            ports = [{"port-id": "user"}, {"port-id": "management"}] if self._nic else []
            files = self.get_injected_files(datastore_manager, version, networks=ports)
            return files
        files = self.get_injected_files(datastore_manager, version, disable_bridge=self._nic is not None)
        if self._nic is not None:
            files[constants.ETH1_CONFIG_PATH] = json.dumps(self._get_user_nic_info("user"))
        return files

    def _get_user_nic_info(self, _port_id: str) -> dict[str, object]:
        """Answer Trove's lookup of the user port from what the flow knows."""
        if self._nic is None:
            return {}
        return {"mac_address": self._nic.mac_address, **self._nic.ipv4, **self._nic.ipv6}


class BuiltInstance(_WithoutCloud, taskmanager_models.BuiltInstanceTasks):  # type: ignore[misc]  # Trove is not typed
    """An existing instance, with what Trove's own task manager does to guest and rows."""


class FreshInstance(_WithoutCloud, taskmanager_models.FreshInstanceTasks):  # type: ignore[misc]  # Trove is not typed
    """A new instance, with what Trove's own task manager does to guest and rows."""

    def guest_failed(self, error: Exception) -> None:
        """Write that the guest failed, although the cloud did not. The resources stay for the operator to look at."""
        LOG.error("instance %s: %s", self.id, error)
        self.update_statuses_on_time_out()
        # A fault that the guest itself has just reported is better.
        instance_models.save_instance_fault(self.id, str(error), str(error), skip_delta=self.conf.usage_sleep_time + 1)

    def backup_of(self, backup_id: str | None) -> tuple[dict[str, Any] | None, str | None]:
        """Return the guest's argument about the backup to restore, and the Cinder snapshot that holds it, if any."""
        if backup_id is None:
            return None, None
        backup = Backup.get_by_id(self.context, backup_id)
        told = {
            "id": backup_id,
            "instance_id": backup.instance_id,
            "location": backup.location,
            "type": backup.backup_type,
            "checksum": backup.checksum,
            "storage_driver": backup.storage_driver,
        }
        if backup.storage_driver == "swift":
            told["swift_url"] = clients.swift_client(self.context).url
        snapshot = backup.location.split("/")[-1] if backup.storage_driver == "cinder" else None
        return told, snapshot

    def prepare_guest(self, request: CreateRequest, backup: dict[str, Any] | None, snapshot: Any) -> None:
        """Tell the guest to prepare the database. It answers with its reports."""
        mount_point = self._mount_point(request.datastore_manager)
        self._guest_prepare(
            request.flavor["ram"],
            {"device_path": self.device_path, "mount_point": mount_point},
            request.packages,
            request.databases,
            request.users,
            backup,
            self._render_config(request.flavor).config_contents,
            request.root_password,
            request.overrides,
            request.cluster_config,
            snapshot,
            request.modules,
            ds_version=request.ds_version,
        )
        if request.root_password:
            self.report_root_enabled()


class FormerInstance(FreshInstance):
    """An instance that may be deleted already."""

    @classmethod
    def load(cls, context: Any, instance_id: str, conf: cfg.ConfigOpts, *, include_deleted: bool = True) -> Self:
        """Load it. Raises NotFound when Trove never had it."""
        return super().load(context, instance_id, conf, include_deleted=include_deleted)
