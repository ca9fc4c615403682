"""The flows of tasks: the resource manager's, with the guest's steps before, after and within them."""

from collections.abc import Callable, Mapping
from typing import Any

from oslo_config import cfg
from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow
from trove.common.context import TroveContext

from trove_resources.contract import ResourceManager
from trove_resources.markers import Owner
from trove_resources.plugin.create_request import CreateRequest, Surroundings
from trove_resources.plugin.database.instances import BuiltInstance, FormerInstance, FreshInstance
from trove_resources.plugin.engines import Engines
from trove_resources.plugin.guest.rebuild import RebuildDatabase, RestoreReplication
from trove_resources.plugin.guest.steps import (
    AwaitAwake,
    AwaitHealthy,
    StartDatabase,
    StopDatabase,
    UnmountVolume,
    growth_hooks,
)
from trove_resources.plugin.tasks.access import access_spec
from trove_resources.plugin.tasks.create_spec import instance_spec
from trove_resources.spec import FlavorSpec, RebuildSpec

Arguments = Mapping[str, Any]
Build = Callable[[ResourceManager, Any, Arguments], Flow]


class TaskFlows:
    """Builds the flow of every task.

    The shape of a flow depends on the arguments, the row and the operator's options, and on nothing else in memory:
    built again in another process, it has the same steps.
    """

    def __init__(self, conf: cfg.ConfigOpts, engines: Engines) -> None:
        self._conf, self._engines = conf, engines
        self._builders: Mapping[str, tuple[Any, Build]] = {
            "delete": (FormerInstance, self._delete),
            "create_group": (FreshInstance, self._create_group),
            "delete_group": (FreshInstance, self._delete_group),
            "resize_flavor": (BuiltInstance, self._resize_flavor),
            "resize_volume": (BuiltInstance, self._resize_volume),
            "update_access": (BuiltInstance, self._update_access),
            "reboot": (BuiltInstance, self._reboot),
            "rebuild": (BuiltInstance, self._rebuild),
            "migrate": (BuiltInstance, self._migrate),
            "recover": (BuiltInstance, self._recover),
        }

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that have a flow."""
        return ("provision", *self._builders)

    def own_context(self) -> TroveContext:
        """Return a context of Trove's service user: a flow never needs its caller's token."""
        given = self._conf.service_credentials
        return TroveContext(user_id=given.username, project_id=given.project_id, is_admin=True)

    def provision(self, instance_id: str, request: CreateRequest, around: Surroundings, owner: Owner) -> Flow:
        """Return the flow that creates the resources of an instance. Raises as ``build``."""
        instance = FreshInstance.load(self.own_context(), instance_id, self._conf)
        manager = self._manager("provision", instance)
        user_data = instance.user_data(request.datastore_manager, request.ds_version)
        spec = instance_spec(self._conf, request, around, owner, engine=instance.ref.engine, user_data=user_data)
        return manager.provision(spec)

    def build(self, operation: str, instance_id: str, arguments: Arguments) -> Flow:
        """Return the flow of another operation, by the engine in the instance's row.

        ``arguments`` are plain JSON: for ``create_group`` the ``policy``; for ``resize_flavor`` ``old_flavor`` and
        ``new_flavor``, as Nova shows them; for ``resize_volume`` the ``size``; for ``update_access`` the ``access`` of
        the request; for ``rebuild`` the ``image_id``; for ``migrate`` the ``host``; for ``recover`` the ``flavor``, as
        Nova shows it. The other operations have none.

        Raises WrongEngineError and InvalidSpecError; OperationIsNotSupported and CloudError where the cloud has to be
        asked whether the instance can have the operation.
        """
        kind, _ = self._builders[operation]
        instance = kind.load(self.own_context(), instance_id, self._conf)
        return self.of(operation, self._manager(operation, instance), instance, arguments)

    def of(self, operation: str, manager: ResourceManager, instance: Any, arguments: Arguments) -> Flow:
        """Return the flow of an operation on a loaded instance, by a manager."""
        _, build = self._builders[operation]
        return build(manager, instance, arguments)

    def _manager(self, operation: str, instance: FreshInstance | BuiltInstance) -> ResourceManager:
        manager = self._engines.manager_for(instance.ref, instance.db_info.region_id)
        manager.require_supported(operation, instance.ref)
        return manager

    @staticmethod
    def _delete(manager: ResourceManager, instance: FreshInstance, _: Arguments) -> Flow:
        return manager.delete(instance.ref)

    @staticmethod
    def _create_group(manager: ResourceManager, instance: FreshInstance, arguments: Arguments) -> Flow:
        return manager.create_group(instance.ref, arguments["policy"])

    @staticmethod
    def _delete_group(manager: ResourceManager, instance: FreshInstance, _: Arguments) -> Flow:
        return manager.delete_group(instance.ref)

    def _resize_flavor(self, manager: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
        old, new = arguments["old_flavor"], arguments["new_flavor"]
        flavor = FlavorSpec(id=str(new["id"]), name=str(new["name"]))
        verify = self._verify("resize_flavor", instance, StartDatabase("resize_flavor", instance, flavor=new))
        resize = manager.resize_flavor(instance.ref, flavor, verify)
        return _flow("resize_flavor", instance).add(StopDatabase("resize_flavor", instance, flavor=old), resize)

    def _migrate(self, manager: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
        verify = self._verify("migrate", instance, StartDatabase("migrate", instance))
        migrate = manager.migrate(instance.ref, arguments["host"], verify)
        return _flow("migrate", instance).add(StopDatabase("migrate", instance), migrate)

    @staticmethod
    def _resize_volume(manager: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
        return manager.resize_volume(instance.ref, int(arguments["size"]), growth_hooks(instance))

    def _update_access(self, manager: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
        return manager.update_access(instance.ref, access_spec(self._conf, instance, arguments["access"]))

    def _reboot(self, manager: ResourceManager, instance: BuiltInstance, _: Arguments) -> Flow:
        # Stock Trove gives the database the same time.
        healthy = AwaitHealthy("reboot", instance, float(self._conf.report_interval * 2))
        return _flow("reboot", instance).add(
            StopDatabase("reboot", instance, must=False),
            manager.reboot(instance.ref),
            StartDatabase("reboot", instance),
            healthy,
        )

    def _rebuild(self, manager: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
        version, seconds = instance.datastore_version, float(self._conf.resize_time_out)
        spec = RebuildSpec(
            image_id=arguments["image_id"],
            user_data=instance.user_data(version.manager, version.version),
            isolated=bool(self._conf.network.network_isolation),
        )
        return _flow("rebuild", instance).add(
            StopDatabase("rebuild", instance, must=False),
            UnmountVolume("rebuild", instance, must=False),
            manager.rebuild(instance.ref, spec),
            RebuildDatabase(instance, seconds),
            AwaitHealthy("rebuild", instance, seconds, afresh=True),
            RestoreReplication(instance),
        )

    @staticmethod
    def _recover(_: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
        """Return the flow that starts the database after a task was interrupted that may have stopped it."""
        return _flow("recover", instance).add(StartDatabase("recover", instance, flavor=arguments["flavor"]))

    def _verify(self, operation: str, instance: BuiltInstance, start: StartDatabase) -> Flow:
        """Return the guest's check on a moved server: it reports, its database starts and is healthy."""
        seconds = float(self._conf.resize_time_out)
        healthy = AwaitHealthy(operation, instance, seconds)
        return LinearFlow(f"{operation}/verify").add(AwaitAwake(operation, instance, seconds), start, healthy)


def _flow(operation: str, instance: BuiltInstance) -> Flow:
    return LinearFlow(f"{operation}/{instance.id}")
