"""What Trove's guest does after its server was rebuilt, as steps."""

from oslo_log import log as logging
from trove.common.exception import GuestError, GuestTimeout
from trove.configuration.models import Configuration
from trove.instance.models import save_instance_fault

from trove_resources.errors import Leftover
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.kinds import ResourceKind
from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.guest import reports

LOG = logging.getLogger(__name__)


class RebuildDatabase(Step):
    """Have the guest set up its database again from the data volume."""

    kind = ResourceKind.DATABASE

    def __init__(self, instance: BuiltInstance, seconds: float) -> None:
        super().__init__("rebuild/database/rebuild", "set up the database again")
        self._instance, self._seconds = instance, seconds

    def execute(self, context: FlowContext) -> None:
        """Send the configuration, the configuration group's included, and return when the guest reports."""
        instance = self._instance
        overrides = {}
        if instance.configuration:
            group = Configuration(instance.context, instance.configuration.id)
            overrides = group.get_configuration_overrides()
        config = instance._render_config(instance.nova_client.flavors.get(instance.flavor_id))  # noqa: SLF001 - Trove's mixin for its tasks
        instance.guest.rebuild(
            instance.datastore_version.version, config_contents=config.config_contents, config_overrides=overrides
        )
        reports.await_awake(context, self._seconds)

    def revert(self, context: FlowContext, **_: object) -> None:
        """Record that there is no way back: the server is fine, its database is not."""
        server_id = self._instance.server_id
        reason = "its old root disk is lost; rebuild it again"
        context.leftovers.append(Leftover(kind=ResourceKind.SERVER, resource_id=server_id, reason=reason))


class RestoreReplication(Step):
    """Connect a source with its replicas again, or a replica with its source."""

    kind = ResourceKind.DATABASE

    def __init__(self, instance: BuiltInstance) -> None:
        super().__init__("rebuild/replication/restore", "restore replication")
        self._instance = instance

    def execute(self, context: FlowContext) -> None:  # noqa: ARG002 - TaskFlow passes it
        """Do what stock Trove does. Raises Trove's GuestError or GuestTimeout."""
        instance = self._instance
        if instance.slaves:
            instance.enable_as_master()
            for replica in instance.slaves:
                _restart(BuiltInstance.load(instance.context, replica.id, instance.conf))
        elif instance.slave_of_id:
            source = BuiltInstance.load(instance.context, instance.slave_of_id, instance.conf)
            instance.detach_replica(source, for_failover=True)
            instance.attach_replica(source, restart=True)


def _restart(replica: BuiltInstance) -> None:
    """Restart a replica. If it fails, only the replica has a fault: its source is fine."""
    try:
        replica.guest.restart()
    except (GuestError, GuestTimeout) as error:
        message = f"Its source was rebuilt, and the replica did not restart to replicate from it again. {error}"
        LOG.error("instance %s: %s", replica.id, message)  # noqa: TRY400 - the message has the cause
        save_instance_fault(replica.id, message, message)
