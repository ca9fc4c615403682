"""What Trove's guest does after its server was rebuilt, as steps."""

from oslo_log import log as logging
from trove.common import cfg
from trove.common.exception import GuestError, GuestTimeout
from trove.configuration.models import Configuration
from trove.instance.models import save_instance_fault

from trove_resources.errors import Leftover
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.guest import reports
from trove_resources.plugin.guest.steps import lacks, mount_again, where

CONF = cfg.CONF
LOG = logging.getLogger(__name__)


class UnmountVolume(Step):
    """Unmount the data volume, so that nothing is written while the server goes; a guest that cannot is no obstacle."""

    def __init__(self, instance: BuiltInstance) -> None:
        super().__init__("rebuild/file_system/unmount", "unmount the volume")
        self._instance = instance

    def execute(self, context: FlowContext) -> None:
        """Unmount it, if there is one."""
        context.check_stop()
        if not self._instance.volume_support:
            return
        try:
            self._instance.guest.unmount_volume(**where(self._instance))
        except (GuestError, GuestTimeout) as error:
            LOG.warning("instance %s: the guest did not unmount its volume: %s", self._instance.id, error)

    def revert(self, context: FlowContext, **_: object) -> None:
        """Mount it, on a server that was not rebuilt."""
        if self._instance.volume_support and not lacks(context):
            context.try_or_note("file system", self._instance.id, lambda: mount_again(self._instance))


class RebuildDatabase(Step):
    """Have the guest set up its database again, from the data volume."""

    def __init__(self, instance: BuiltInstance) -> None:
        super().__init__("rebuild/database/rebuild", "set the database up again")
        self._instance = instance

    def execute(self, context: FlowContext) -> None:
        """Send it the configuration, the configuration group's too, and return when it reports."""
        instance = self._instance
        overrides = {}
        if instance.configuration:
            group = Configuration(instance.context, instance.configuration.id)
            overrides = group.get_configuration_overrides()
        config = instance._render_config(instance.nova_client.flavors.get(instance.flavor_id))  # noqa: SLF001 - Trove's mixin for its tasks
        instance.guest.rebuild(
            instance.datastore_version.version, config_contents=config.config_contents, config_overrides=overrides
        )
        reports.await_awake(context, float(CONF.resize_time_out))

    def revert(self, context: FlowContext, **_: object) -> None:
        """Say that there is no way back: the server is well, and its database is not."""
        server_id = self._instance.server_id
        context.leftovers.append(
            Leftover(kind="server", resource_id=server_id, reason="its old root disk is gone; rebuild it again")
        )


class RestoreReplication(Step):
    """Connect a source with its replicas again, or a replica with its source."""

    def __init__(self, instance: BuiltInstance) -> None:
        super().__init__("rebuild/replication/restore", "restore replication")
        self._instance = instance

    def execute(self, context: FlowContext) -> None:  # noqa: ARG002 - TaskFlow gives it
        """Do what stock Trove does. Raises Trove's GuestError or GuestTimeout."""
        instance = self._instance
        if instance.slaves:
            instance.enable_as_master()
            for replica in instance.slaves:
                _restart(BuiltInstance.load(instance.context, replica.id))
        elif instance.slave_of_id:
            source = BuiltInstance.load(instance.context, instance.slave_of_id)
            instance.detach_replica(source, for_failover=True)
            instance.attach_replica(source, restart=True)


def _restart(replica: BuiltInstance) -> None:
    """Restart a replica; that it does not is said of the replica alone: its source is well."""
    try:
        replica.guest.restart()
    except (GuestError, GuestTimeout) as error:
        message = f"Its source was rebuilt, and the replica did not restart to replicate from it again. {error}"
        LOG.error("instance %s: %s", replica.id, message)  # noqa: TRY400 - the text says it
        save_instance_fault(replica.id, message, message)
