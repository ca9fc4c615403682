"""Instances as our tasks see them: loaded from Trove's database alone, whatever state the cloud is in."""

import inspect
import json
from collections.abc import Callable
from typing import Any, Final, Self

from oslo_log import log as logging
from trove.backup.models import Backup
from trove.common import cfg, clients, constants
from trove.instance import models as instance_models
from trove.instance.tasks import InstanceTask, InstanceTasks
from trove.taskmanager import models as taskmanager_models

from trove_resources.inventory import InstanceRef
from trove_resources.plugin.database.instance_rows import DEFAULT_ENGINE
from trove_resources.plugin.database.retry import retry_on_deadlock
from trove_resources.plugin.tasks.create_request import Creation
from trove_resources.spec import Nic

CONF = cfg.CONF
LOG = logging.getLogger(__name__)

ERRORS = {
    "security_group": InstanceTasks.BUILDING_ERROR_SEC_GROUP,
    "user_port": InstanceTasks.BUILDING_ERROR_PORT,
    "management_port": InstanceTasks.BUILDING_ERROR_PORT,
    "floating_ip": InstanceTasks.BUILDING_ERROR_PORT,
    "port": InstanceTasks.BUILDING_ERROR_PORT,
    "data_volume": InstanceTasks.BUILDING_ERROR_VOLUME,
    "root_volume": InstanceTasks.BUILDING_ERROR_VOLUME,
    "volume": InstanceTasks.BUILDING_ERROR_VOLUME,
    "dns_record": InstanceTasks.BUILDING_ERROR_DNS,
    "replica": InstanceTasks.BUILDING_ERROR_REPLICA,
}
"""The task status that says what went wrong, by the role of a step; a server's is BUILDING_ERROR_SERVER."""

COLUMNS = {
    "server_id": "compute_instance_id",
    "volume_id": "volume_id",
    "stack_id": "stack_id",
    "hostname": "hostname",
    "flavor_id": "flavor_id",
    "volume_size": "volume_size",
}
"""Where a flow's announced results stand in the row."""

_ASKS_FOR_NIC: Final = "networks" in inspect.signature(instance_models.BaseInstance.get_injected_files).parameters
"""Whether Trove asks for the user port itself, as it does since 26; before, its task manager added what it is."""


class _WithoutCloud:
    """An instance as our tasks see it: from Trove's database alone, and with what flows say and ask of it."""

    _nic: Nic | None = None

    @classmethod
    def load(cls, context: Any, instance_id: str, *, include_deleted: bool = False) -> Self:
        """Load an instance without asking the cloud. Raises NotFound."""
        row = instance_models.get_db_info(context, instance_id, include_deleted=include_deleted)
        row.server_status, row.addresses = None, []
        status = instance_models.InstanceServiceStatus.find_by(instance_id=instance_id)
        made: Any = cls
        loaded: Self = made(context, row, None, status)
        return loaded

    @property
    def ref(self: Any) -> InstanceRef:
        """What the row knows of the instance's resources."""
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
        """Write to the row what Trove's own method writes."""
        # Trove's changes what it is given.
        super().update_db(**values)  # type: ignore[misc]

    def announce(self: Any, name: str, value: str | None) -> None:
        """Write an announced result of a flow to the row, at once; None clears it."""
        if name in COLUMNS:
            typed = int(value) if value is not None and name == "volume_size" else value
            self.update_db(**{COLUMNS[name]: typed})

    def mark_failed(self: Any, role: str) -> None:
        """Say in the row what went wrong, by the role of the step."""
        status: InstanceTask = ERRORS.get(role, InstanceTasks.BUILDING_ERROR_SERVER)
        self.update_db(task_status=status)

    def user_data(self: Any, datastore_manager: str, version: str | None) -> Callable[[Nic | None], str]:
        """Return what renders the cloud-init user data, from the user port if it has to know it."""

        def render(nic: Nic | None) -> str:
            self._nic = nic
            files = self._files(datastore_manager, version)
            extra = self.prepare_userdata(datastore_manager)
            config: str = self.prepare_cloud_config(files)
            return self.combine_cloudinit_userdata(config, extra) if extra else config

        return render

    def _files(self: Any, datastore_manager: str, version: str | None) -> dict[str, str]:
        """Return what Trove has cloud-init write, by path."""
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
        """Answer Trove's question for the user port from what the flow knows of it."""
        if self._nic is None:
            return {}
        return {"mac_address": self._nic.mac_address, **self._nic.ipv4, **self._nic.ipv6}


class BuiltInstance(_WithoutCloud, taskmanager_models.BuiltInstanceTasks):  # type: ignore[misc]  # Trove is not typed
    """An instance that is there, with what Trove's own task manager does to guest and rows."""


class FreshInstance(_WithoutCloud, taskmanager_models.FreshInstanceTasks):  # type: ignore[misc]  # Trove is not typed
    """An instance on its way, with what Trove's own task manager does to guest and rows."""

    def guest_failed(self, error: Exception) -> None:
        """Say in the row that the cloud did its part and the guest did not; the resources stay for the operator."""
        LOG.error("instance %s: %s", self.id, error)
        self.update_statuses_on_time_out()
        # What the guest has just said itself is better.
        instance_models.save_instance_fault(self.id, str(error), str(error), skip_delta=CONF.usage_sleep_time + 1)

    def backup_of(self, creation: Creation) -> tuple[dict[str, Any] | None, str | None]:
        """Return what the guest is told of the backup to restore, and the Cinder snapshot that holds it, if any."""
        if creation.backup_id is None:
            return None, None
        backup = Backup.get_by_id(self.context, creation.backup_id)
        told = {
            "id": creation.backup_id,
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

    def prepare_guest(self, creation: Creation, backup: dict[str, Any] | None, snapshot: dict[str, Any] | None) -> None:
        """Tell the guest to prepare the database; it answers through its reports."""
        mount_point = CONF.get(creation.datastore_manager).mount_point
        self._guest_prepare(
            creation.flavor["ram"],
            {"device_path": self.device_path, "mount_point": mount_point},
            creation.packages,
            creation.databases,
            creation.users,
            backup,
            self._render_config(creation.flavor).config_contents,
            creation.root_password,
            creation.overrides,
            creation.cluster_config,
            snapshot,
            creation.modules,
            ds_version=creation.ds_version,
        )
        if creation.root_password:
            self.report_root_enabled()


class FormerInstance(FreshInstance):
    """An instance that is, or was: its row may be marked deleted."""

    @classmethod
    def load(cls, context: Any, instance_id: str, *, include_deleted: bool = True) -> Self:
        """Load it. Raises NotFound when Trove never had it."""
        return super().load(context, instance_id, include_deleted=include_deleted)
