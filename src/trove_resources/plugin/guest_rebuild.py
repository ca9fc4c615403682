"""What Trove's guest does after its server was rebuilt, as steps."""

from oslo_log import log as logging
from trove.common import cfg
from trove.common.exception import GuestError, GuestTimeout
from trove.configuration.models import Configuration

from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.plugin import guest
from trove_resources.plugin.instances import BuiltInstance

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
        mount_point = CONF.get(self._instance.datastore_version.manager).mount_point
        try:
            self._instance.guest.unmount_volume(device_path=self._instance.device_path, mount_point=mount_point)
        except (GuestError, GuestTimeout) as error:
            LOG.warning("instance %s: the guest did not unmount its volume: %s", self._instance.id, error)


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
        guest.await_awake(context, float(CONF.resize_time_out))


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
                BuiltInstance.load(instance.context, replica.id).guest.restart()
        elif instance.slave_of_id:
            source = BuiltInstance.load(instance.context, instance.slave_of_id)
            instance.detach_replica(source, for_failover=True)
            instance.attach_replica(source, restart=True)
