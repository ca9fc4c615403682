"""The one factory of flows: every flow of a task is built here, from what can be stored of it alone.

So a flow can be built again, step for step, in another process: its shape depends on the arguments, the row and the
operator's options, and never on what was in memory when it was first built. The arguments hold no secret.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from taskflow.flow import Flow
from trove.common import cfg
from trove.common.context import TroveContext

from trove_resources.contract import ResourceManager
from trove_resources.markers import Owner
from trove_resources.plugin import composition, creation
from trove_resources.plugin.instances import FreshInstance

CONF = cfg.CONF
Arguments = Mapping[str, Any]


def flow_for(operation: str, engine: str, instance_id: str, arguments: Arguments) -> Flow:
    """Return the flow of an operation on an instance, by the engine that is to do it.

    ``arguments`` are plain JSON: of ``provision`` what ``creation.store`` returns, and ``task_id``; of ``create_group``
    the ``policy``; the others have none. Raises WrongEngineError, InvalidSpecError.
    """
    instance = FreshInstance.load(_own_context(), instance_id)
    manager = composition.current().manager(engine, instance)
    return _BUILDERS[operation](manager, instance, arguments)


def _provision(manager: ResourceManager, instance: FreshInstance, arguments: Arguments) -> Flow:
    wanted, around = creation.restore(arguments)
    owner = Owner(instance_id=instance.id, task_id=arguments["task_id"])
    spec = creation.build(CONF, wanted, around, owner, user_data=instance.user_data(wanted))
    return manager.provision(spec)


def _delete(manager: ResourceManager, instance: FreshInstance, _: Arguments) -> Flow:
    return manager.delete(instance.ref)


def _create_group(manager: ResourceManager, instance: FreshInstance, arguments: Arguments) -> Flow:
    return manager.create_group(instance.id, arguments["policy"])


def _delete_group(manager: ResourceManager, instance: FreshInstance, _: Arguments) -> Flow:
    return manager.delete_group(instance.id)


_BUILDERS: Final[Mapping[str, Callable[[ResourceManager, FreshInstance, Arguments], Flow]]] = {
    "provision": _provision,
    "delete": _delete,
    "create_group": _create_group,
    "delete_group": _delete_group,
}


def _own_context() -> TroveContext:
    """Return a context of Trove's own: a flow never needs its caller's token."""
    given = CONF.service_credentials
    return TroveContext(user_id=given.username, project_id=given.project_id, is_admin=True)
