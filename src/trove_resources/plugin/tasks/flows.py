"""The one factory of flows: every flow of a task is built here, from what can be stored of it alone.

So a flow can be built again, step for step, in another process: its shape depends on the arguments, the row and the
operator's options, and never on what was in memory when it was first built. The arguments hold no secret.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow
from trove.common import cfg
from trove.common.context import TroveContext

from trove_resources.contract import ResourceManager
from trove_resources.markers import Owner
from trove_resources.plugin import composition
from trove_resources.plugin.database.instances import BuiltInstance, FormerInstance, FreshInstance
from trove_resources.plugin.guest.rebuild import RebuildDatabase, RestoreReplication, UnmountVolume
from trove_resources.plugin.guest.steps import AwaitAwake, AwaitHealthy, StartDatabase, StopDatabase, growth_hooks
from trove_resources.plugin.tasks import create_request
from trove_resources.plugin.tasks.access import access_spec
from trove_resources.spec import FlavorSpec, RebuildSpec

CONF = cfg.CONF
Arguments = Mapping[str, Any]


def flow_for(operation: str, engine: str, instance_id: str, arguments: Arguments) -> Flow:
    """Return the flow of an operation on an instance, by the engine that is to do it.

    ``arguments`` are plain JSON: of ``provision`` what ``create_request.store`` returns, and ``task_id``; of ``create_group``
    the ``policy``; of ``resize_flavor`` ``old_flavor`` and ``new_flavor``, as Nova shows them; of ``resize_volume`` the
    ``size``; of ``update_access`` the ``access`` of the request; of ``rebuild`` the ``image_id``; of ``migrate`` the
    ``host``; of ``settle`` the ``flavor``, as Nova shows it; the others have none.

    Raises WrongEngineError, InvalidSpecError; OperationIsNotSupported, where the cloud has to be asked for that, and
    CloudError when it does not answer.
    """
    kind, build = BUILDERS[operation]
    instance = kind.load(own_context(), instance_id)
    manager = composition.current().manager(engine, instance)
    manager.require_supported(operation, instance.ref)
    return build(manager, instance, arguments)


def _provision(manager: ResourceManager, instance: FreshInstance, arguments: Arguments) -> Flow:
    wanted, around = create_request.restore(arguments)
    owner = Owner(instance_id=instance.id, task_id=arguments["task_id"])
    user_data = instance.user_data(wanted.datastore_manager, wanted.ds_version)
    return manager.provision(create_request.build(CONF, wanted, around, owner, user_data=user_data))


def _delete(manager: ResourceManager, instance: FreshInstance, _: Arguments) -> Flow:
    return manager.delete(instance.ref)


def _create_group(manager: ResourceManager, instance: FreshInstance, arguments: Arguments) -> Flow:
    return manager.create_group(instance.id, arguments["policy"])


def _delete_group(manager: ResourceManager, instance: FreshInstance, _: Arguments) -> Flow:
    return manager.delete_group(instance.id)


def _resize_flavor(manager: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
    old, new = arguments["old_flavor"], arguments["new_flavor"]
    flavor = FlavorSpec(id=str(new["id"]), name=str(new["name"]))
    verify = _verify("resize_flavor", instance, StartDatabase("resize_flavor", instance, flavor=new))
    resize = manager.resize_flavor(instance.ref, flavor, verify)
    return _flow("resize_flavor", instance).add(StopDatabase("resize_flavor", instance, flavor=old), resize)


def _migrate(manager: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
    verify = _verify("migrate", instance, StartDatabase("migrate", instance))
    migrate = manager.migrate(instance.ref, arguments["host"], verify)
    return _flow("migrate", instance).add(StopDatabase("migrate", instance), migrate)


def _resize_volume(manager: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
    return manager.resize_volume(instance.ref, int(arguments["size"]), growth_hooks(instance))


def _update_access(manager: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
    return manager.update_access(instance.ref, access_spec(CONF, instance, arguments["access"]))


def _reboot(manager: ResourceManager, instance: BuiltInstance, _: Arguments) -> Flow:
    # Stock Trove gives the database as long.
    healthy = AwaitHealthy("reboot", instance, float(CONF.report_interval * 2))
    return _flow("reboot", instance).add(
        StopDatabase("reboot", instance, must=False),
        manager.reboot(instance.ref),
        StartDatabase("reboot", instance),
        healthy,
    )


def _rebuild(manager: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
    version = instance.datastore_version
    spec = RebuildSpec(
        image_id=arguments["image_id"],
        user_data=instance.user_data(version.manager, version.version),
        isolated=bool(CONF.network.network_isolation),
    )
    return _flow("rebuild", instance).add(
        StopDatabase("rebuild", instance, must=False),
        UnmountVolume(instance),
        manager.rebuild(instance.ref, spec),
        RebuildDatabase(instance),
        AwaitHealthy("rebuild", instance, float(CONF.resize_time_out), afresh=True),
        RestoreReplication(instance),
    )


def _settle(_: ResourceManager, instance: BuiltInstance, arguments: Arguments) -> Flow:
    """Return what starts the database after a task was interrupted that may have stopped it."""
    return _flow("settle", instance).add(StartDatabase("settle", instance, flavor=arguments["flavor"]))


def _verify(operation: str, instance: BuiltInstance, start: StartDatabase) -> Flow:
    """Return the guest's check on a new server: it reports, its database starts and is well."""
    healthy = AwaitHealthy(operation, instance, float(CONF.resize_time_out))
    return LinearFlow(f"{operation}/verify").add(AwaitAwake(operation, instance), start, healthy)


def _flow(operation: str, instance: BuiltInstance) -> Flow:
    return LinearFlow(f"{operation}/{instance.id}")


BUILDERS: Final[Mapping[str, tuple[Any, Callable[[ResourceManager, Any, Arguments], Flow]]]] = {
    "provision": (FreshInstance, _provision),
    "delete": (FormerInstance, _delete),
    "create_group": (FreshInstance, _create_group),
    "delete_group": (FreshInstance, _delete_group),
    "resize_flavor": (BuiltInstance, _resize_flavor),
    "resize_volume": (BuiltInstance, _resize_volume),
    "update_access": (BuiltInstance, _update_access),
    "reboot": (BuiltInstance, _reboot),
    "rebuild": (BuiltInstance, _rebuild),
    "migrate": (BuiltInstance, _migrate),
    "settle": (BuiltInstance, _settle),
}
"""By operation: how an instance is loaded for it, and its flow made, by a manager, from the arguments."""


def own_context() -> TroveContext:
    """Return a context of Trove's own: a flow never needs its caller's token."""
    given = CONF.service_credentials
    return TroveContext(user_id=given.username, project_id=given.project_id, is_admin=True)
