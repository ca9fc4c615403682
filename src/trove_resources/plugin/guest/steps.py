"""What Trove's guest does in a task, as steps: the same whatever resource manager changes the cloud.

Each is told which operation it is in. What fails, or is undone, leaves a database that runs, if it can.
"""

from collections.abc import Callable, Mapping
from typing import Any

from oslo_log import log as logging
from taskflow.patterns.linear_flow import Flow as LinearFlow
from trove.common import cfg
from trove.common.exception import GuestError, GuestTimeout

from trove_resources.contract import GuestHooks
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.guest import reports

CONF = cfg.CONF
LOG = logging.getLogger(__name__)
_NEEDED = frozenset({"server", "volume", "file system"})
"""What a database cannot be without, as the kinds of what was not undone."""
Flavor = Mapping[str, Any]
"""As the API read it from Nova: ``id``, ``name``, ``ram`` in MiB …"""


class _GuestStep(Step):
    """A step that asks the guest of an instance."""

    def __init__(self, name: str, title: str, instance: BuiltInstance, **taskflow: Any) -> None:
        super().__init__(name, title, **taskflow)
        self._instance = instance

    def _start_again(self, context: FlowContext, start: Callable[[], None]) -> None:
        """Have the database run as before; noted if it does not.

        Not without its server or its volume: that would be waited for in vain, or begin anew beside the data.
        """
        if not lacks(context):
            context.try_or_note("database", self._instance.id, start)


class StopDatabase(_GuestStep):
    """Stop the database before something happens to its server; undone, it runs again.

    With a flavor it runs again with that flavor's configuration. With ``must`` false a guest that cannot stop it is no
    obstacle.
    """

    def __init__(
        self, operation: str, instance: BuiltInstance, *, flavor: Flavor | None = None, must: bool = True
    ) -> None:
        super().__init__(f"{operation}/database/stop", "stop the database", instance)
        self._flavor, self._must = flavor, must

    def execute(self, context: FlowContext) -> None:
        """Stop it, and keep it from starting by itself. Raises Trove's GuestError or GuestTimeout."""
        context.check_stop()
        try:
            self._instance.guest.stop_db(do_not_start_on_reboot=True)
        except (GuestError, GuestTimeout) as error:
            if self._must:
                raise
            LOG.warning("instance %s: the guest did not stop its database: %s", self._instance.id, error)

    def revert(self, context: FlowContext, **_: object) -> None:
        """Start it, unless it runs on another flavor by now, which was confirmed."""
        row = BuiltInstance.load(self._instance.context, self._instance.id)
        if self._flavor is None or str(row.flavor_id) == str(self._flavor["id"]):
            self._start_again(context, lambda: start_database(self._instance, self._flavor))


class StartDatabase(_GuestStep):
    """Start the database, with a flavor's configuration if there is one."""

    def __init__(self, operation: str, instance: BuiltInstance, *, flavor: Flavor | None = None) -> None:
        super().__init__(f"{operation}/database/start", "start the database", instance)
        self._flavor = flavor

    def execute(self, context: FlowContext) -> None:
        """Start it. Raises Trove's GuestError or GuestTimeout."""
        context.check_stop()
        start_database(self._instance, self._flavor)


class AwaitAwake(_GuestStep):
    """Wait for the guest on its new server."""

    def __init__(self, operation: str, instance: BuiltInstance) -> None:
        super().__init__(f"{operation}/guest/report", "wait for the guest", instance)

    def execute(self, context: FlowContext) -> None:
        """Return when it reports."""
        reports.await_awake(context, float(CONF.resize_time_out))


class AwaitHealthy(_GuestStep):
    """Wait until the database is well."""

    def __init__(self, operation: str, instance: BuiltInstance, seconds: float, *, afresh: bool = False) -> None:
        super().__init__(f"{operation}/database/healthy", "wait for the database", instance)
        self._seconds, self._afresh = seconds, afresh

    def execute(self, context: FlowContext) -> None:
        """Return when it is."""
        reports.await_healthy(context, self._seconds, afresh=self._afresh)


class _GrowthStep(_GuestStep):
    """A step around the growth of a volume; ``on_line``: it grew in use, and nothing was detached."""

    def __init__(self, name: str, title: str, instance: BuiltInstance) -> None:
        super().__init__(f"resize_volume/{name}", title, instance, requires=["on_line"])
        self._where = where(instance)


class StopForGrowth(_GrowthStep):
    """Stop the database before its volume is taken away; undone, it runs again."""

    def __init__(self, instance: BuiltInstance) -> None:
        super().__init__("database/stop", "stop the database", instance)

    def execute(self, context: FlowContext, on_line: bool) -> None:  # noqa: FBT001 - TaskFlow gives it by name
        """Stop it, unless nothing is detached. Raises Trove's GuestError or GuestTimeout."""
        if not on_line:
            context.check_stop()
            self._instance.guest.stop_db()

    def revert(self, context: FlowContext, on_line: bool, **_: object) -> None:  # noqa: FBT001 - TaskFlow's
        """Start it."""
        if not on_line:
            self._start_again(context, self._instance.guest.restart)


class UnmountVolume(_GrowthStep):
    """Unmount the volume before it is taken away; undone, it is mounted."""

    def __init__(self, instance: BuiltInstance) -> None:
        super().__init__("file_system/unmount", "unmount the volume", instance)

    def execute(self, context: FlowContext, on_line: bool) -> None:  # noqa: FBT001 - TaskFlow gives it by name
        """Unmount it, unless nothing is detached. Raises Trove's GuestError or GuestTimeout."""
        if not on_line:
            context.check_stop()
            self._instance.guest.unmount_volume(**self._where)

    def revert(self, context: FlowContext, on_line: bool, **_: object) -> None:  # noqa: FBT001 - TaskFlow's
        """Mount it."""
        if not on_line and not lacks(context):
            context.try_or_note("file system", self._instance.id, lambda: mount_again(self._instance))


class GrowFilesystem(_GrowthStep):
    """Grow the file system to the size of its volume."""

    def __init__(self, instance: BuiltInstance) -> None:
        super().__init__("file_system/grow", "grow the file system", instance)

    def execute(self, context: FlowContext, on_line: bool) -> None:  # noqa: ARG002, FBT001 - TaskFlow gives it by name
        """Grow it. Raises Trove's GuestError or GuestTimeout."""
        self._instance.guest.resize_fs(**self._where, online=on_line)


class UseVolume(_GrowthStep):
    """Mount the volume and start the database, unless nothing was detached."""

    def __init__(self, instance: BuiltInstance) -> None:
        super().__init__("database/start", "mount the volume and start the database", instance)

    def execute(self, context: FlowContext, on_line: bool) -> None:  # noqa: ARG002, FBT001 - TaskFlow gives it by name
        """Do both. Raises Trove's GuestError or GuestTimeout."""
        if not on_line:
            self._instance.guest.mount_volume(**self._where)
            self._instance.guest.restart()


def lacks(context: FlowContext) -> bool:
    """Say whether something a database cannot be without was not undone."""
    return any(each.kind in _NEEDED for each in context.leftovers)


def where(instance: BuiltInstance) -> Mapping[str, Any]:
    """Return which device of an instance is to be mounted, and at which directory."""
    return {
        "device_path": instance.device_path,
        "mount_point": CONF.get(instance.datastore_version.manager).mount_point,
    }


def mount_again(instance: BuiltInstance) -> None:
    """Mount the data volume, whether it is mounted or not. Raises Trove's GuestError or GuestTimeout."""
    try:
        # The guest refuses to mount what is mounted, and does nothing to unmount what is not.
        instance.guest.unmount_volume(**where(instance))
    except GuestError as error:
        LOG.info("instance %s: its volume is in use, so it is mounted: %s", instance.id, error)
        return
    instance.guest.mount_volume(**where(instance))


def start_database(instance: BuiltInstance, flavor: Flavor | None) -> None:
    """Start the database of an instance, with a flavor's configuration if there is one."""
    if flavor is None:
        instance.guest.restart()
        return
    config = instance._render_config(flavor)  # noqa: SLF001 - Trove's mixin for its tasks
    instance.guest.start_db_with_conf_changes(config.config_contents, instance.datastore_version.name)


def growth_hooks(instance: BuiltInstance) -> GuestHooks:
    """Return what the guest does around the growth of its volume."""
    before = LinearFlow("resize_volume/before").add(StopForGrowth(instance), UnmountVolume(instance))
    return GuestHooks(
        before=before, after=LinearFlow("resize_volume/after").add(GrowFilesystem(instance), UseVolume(instance))
    )
