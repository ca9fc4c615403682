"""What Trove's guest does in a task, as steps: the same for every resource manager.

Each step is named after the operation it runs in. A failure, or an undo, leaves a database that runs, if it can run.
"""

from collections.abc import Callable, Mapping
from typing import Any

from oslo_log import log as logging
from taskflow.patterns.linear_flow import Flow as LinearFlow
from trove.common.exception import GuestError, GuestTimeout

from trove_resources.contract import GuestHooks
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.kinds import ResourceKind
from trove_resources.plugin.database.instances import BuiltInstance
from trove_resources.plugin.guest import reports

LOG = logging.getLogger(__name__)
_NEEDED = frozenset({ResourceKind.SERVER, ResourceKind.DATA_VOLUME, ResourceKind.ROOT_VOLUME, ResourceKind.FILE_SYSTEM})
"""What a database cannot run without."""
Flavor = Mapping[str, Any]
"""As the API read it from Nova: ``id``, ``name``, ``ram`` in MiB …"""


class _GuestStep(Step):
    """A step that calls the guest of an instance."""

    kind: ResourceKind = ResourceKind.DATABASE

    def __init__(self, name: str, title: str, instance: BuiltInstance, **taskflow: Any) -> None:
        super().__init__(name, title, **taskflow)
        self._instance = instance

    def _start_again(self, context: FlowContext, start: Callable[[], None]) -> None:
        """Start the database again; recorded as a leftover if that fails.

        Not without its server or its volume: the guest would wait in vain, or start an empty database.
        """
        if not lacks_foundation(context):
            context.try_or_note(ResourceKind.DATABASE, self._instance.id, start)


class StopDatabase(_GuestStep):
    """Stop the database before its server is changed. The undo starts it again.

    With a flavor it is started again with the configuration of that flavor. With ``must`` false a guest that cannot
    stop it is no obstacle.
    """

    def __init__(
        self, operation: str, instance: BuiltInstance, *, flavor: Flavor | None = None, must: bool = True
    ) -> None:
        super().__init__(f"{operation}/database/stop", "stop the database", instance)
        self._flavor, self._must = flavor, must

    def execute(self, context: FlowContext) -> None:
        """Stop it, and keep it from starting at boot. Raises Trove's GuestError or GuestTimeout."""
        context.check_stop()
        try:
            self._instance.guest.stop_db(do_not_start_on_reboot=True)
        except (GuestError, GuestTimeout) as error:
            if self._must:
                raise
            LOG.warning("instance %s: the guest did not stop its database: %s", self._instance.id, error)

    def revert(self, context: FlowContext, **_: object) -> None:
        """Start it, unless the new flavor is confirmed and the database runs on it."""
        row = BuiltInstance.load(self._instance.context, self._instance.id, self._instance.conf)
        if self._flavor is None or str(row.flavor_id) == str(self._flavor["id"]):
            self._start_again(context, lambda: start_database(self._instance, self._flavor))


class StartDatabase(_GuestStep):
    """Start the database, with the configuration of a flavor if there is one."""

    def __init__(self, operation: str, instance: BuiltInstance, *, flavor: Flavor | None = None) -> None:
        super().__init__(f"{operation}/database/start", "start the database", instance)
        self._flavor = flavor

    def execute(self, context: FlowContext) -> None:
        """Start it. Raises Trove's GuestError or GuestTimeout."""
        context.check_stop()
        start_database(self._instance, self._flavor)


class AwaitAwake(_GuestStep):
    """Wait for the first report of the guest on its new server."""

    def __init__(self, operation: str, instance: BuiltInstance, seconds: float) -> None:
        super().__init__(f"{operation}/guest/report", "wait for the guest", instance)
        self._seconds = seconds

    def execute(self, context: FlowContext) -> None:
        """Return when it reports."""
        reports.await_awake(context, self._seconds)


class AwaitHealthy(_GuestStep):
    """Wait until the database is healthy."""

    def __init__(self, operation: str, instance: BuiltInstance, seconds: float, *, afresh: bool = False) -> None:
        super().__init__(f"{operation}/database/healthy", "wait for the database", instance)
        self._seconds, self._afresh = seconds, afresh

    def execute(self, context: FlowContext) -> None:
        """Return when it is."""
        reports.await_healthy(context, self._seconds, afresh=self._afresh)


class UnmountVolume(_GuestStep):
    """Unmount the data volume, unless nothing is detached. The undo mounts it.

    With ``must`` false a guest that cannot unmount it is no obstacle.
    """

    kind = ResourceKind.FILE_SYSTEM

    def __init__(self, operation: str, instance: BuiltInstance, *, must: bool = True) -> None:
        super().__init__(f"{operation}/file_system/unmount", "unmount the volume", instance)
        self._must = must

    def execute(self, context: FlowContext, on_line: bool = False) -> None:  # noqa: FBT001, FBT002 - TaskFlow passes it by name
        """Unmount it, if there is one. Raises Trove's GuestError or GuestTimeout."""
        if on_line or not self._instance.volume_support:
            return
        context.check_stop()
        try:
            self._instance.guest.unmount_volume(**self._instance.volume_mount)
        except (GuestError, GuestTimeout) as error:
            if self._must:
                raise
            LOG.warning("instance %s: the guest did not unmount its volume: %s", self._instance.id, error)

    def revert(self, context: FlowContext, on_line: bool = False, **_: object) -> None:  # noqa: FBT001, FBT002 - TaskFlow passes it by name
        """Mount it."""
        if not on_line and self._instance.volume_support and not lacks_foundation(context):
            context.try_or_note(self.kind, self._instance.id, lambda: mount_again(self._instance))


class _ResizeVolumeStep(_GuestStep):
    """A step before or after the volume is extended. ``on_line``: the volume stays attached."""

    def __init__(self, name: str, title: str, instance: BuiltInstance) -> None:
        super().__init__(f"resize_volume/{name}", title, instance, requires=["on_line"])


class StopBeforeDetach(_ResizeVolumeStep):
    """Stop the database before its volume is detached. The undo starts it again."""

    def __init__(self, instance: BuiltInstance) -> None:
        super().__init__("database/stop", "stop the database", instance)

    def execute(self, context: FlowContext, on_line: bool) -> None:  # noqa: FBT001 - TaskFlow passes it by name
        """Stop it, unless nothing is detached. Raises Trove's GuestError or GuestTimeout."""
        if not on_line:
            context.check_stop()
            self._instance.guest.stop_db()

    def revert(self, context: FlowContext, on_line: bool, **_: object) -> None:  # noqa: FBT001 - TaskFlow passes it by name
        """Start it."""
        if not on_line:
            self._start_again(context, self._instance.guest.restart)


class GrowFilesystem(_ResizeVolumeStep):
    """Grow the file system to the size of its volume."""

    kind = ResourceKind.FILE_SYSTEM

    def __init__(self, instance: BuiltInstance) -> None:
        super().__init__("file_system/grow", "grow the file system", instance)

    def execute(self, context: FlowContext, on_line: bool) -> None:  # noqa: ARG002, FBT001 - TaskFlow passes it by name
        """Grow it. Raises Trove's GuestError or GuestTimeout."""
        self._instance.guest.resize_fs(**self._instance.volume_mount, online=on_line)


class StartAfterAttach(_ResizeVolumeStep):
    """Mount the volume and start the database, unless nothing was detached."""

    def __init__(self, instance: BuiltInstance) -> None:
        super().__init__("database/start", "mount the volume and start the database", instance)

    def execute(self, context: FlowContext, on_line: bool) -> None:  # noqa: ARG002, FBT001 - TaskFlow passes it by name
        """Do both. Raises Trove's GuestError or GuestTimeout."""
        if not on_line:
            self._instance.guest.mount_volume(**self._instance.volume_mount)
            self._instance.guest.restart()


def lacks_foundation(context: FlowContext) -> bool:
    """Return whether something that a database cannot run without could not be restored."""
    return any(each.kind in _NEEDED for each in context.leftovers)


def mount_again(instance: BuiltInstance) -> None:
    """Mount the data volume, whether it is mounted or not. Raises Trove's GuestError or GuestTimeout."""
    try:
        # The guest refuses to mount what is mounted, and ignores an unmount of what is not.
        instance.guest.unmount_volume(**instance.volume_mount)
    except GuestError as error:
        LOG.info("instance %s: its volume is in use, so it is mounted: %s", instance.id, error)
        return
    instance.guest.mount_volume(**instance.volume_mount)


def start_database(instance: BuiltInstance, flavor: Flavor | None) -> None:
    """Start the database of an instance, with the configuration of a flavor if there is one."""
    if flavor is None:
        instance.guest.restart()
        return
    config = instance._render_config(flavor)  # noqa: SLF001 - Trove's mixin for its tasks
    instance.guest.start_db_with_conf_changes(config.config_contents, instance.datastore_version.name)


def growth_hooks(instance: BuiltInstance) -> GuestHooks:
    """Return what the guest does before and after its volume is extended."""
    before = LinearFlow("resize_volume/before").add(
        StopBeforeDetach(instance), UnmountVolume("resize_volume", instance)
    )
    after = LinearFlow("resize_volume/after").add(GrowFilesystem(instance), StartAfterAttach(instance))
    return GuestHooks(before=before, after=after)
