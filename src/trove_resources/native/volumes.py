"""Volumes: waited for, and deleted once no server has them. The steps of all operations use these functions."""

from collections.abc import Callable, Sequence

from trove_resources.clouds.volume import BlockStorage
from trove_resources.errors import ResourceFailedError, ResourceInUseError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.waiting import Listed, Wait
from trove_resources.inventory import Volume
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings


def await_volume(
    context: FlowContext,
    volumes: BlockStorage,
    volume_id: str,
    statuses: Sequence[str],
    *,
    kind: ResourceKind = ResourceKind.DATA_VOLUME,
    size: int = 0,
    back: str = "",
    seconds: float,
    check: Callable[[], None] = lambda: None,
) -> Volume:
    """Return the volume once it has one of the statuses, and at least ``size`` GiB.

    ``back`` is the status it had when the change was requested: a volume that returns to it has failed. Raises
    ResourceFailedError when the volume does not exist, is in an error state, or lacks the size; DeadlineExceededError.
    """

    def failed(volume: Volume | None, fault: str) -> ResourceFailedError:
        return ResourceFailedError(kind=kind, resource_id=volume_id, status=_show(volume), fault=fault)

    def reached(volume: Volume | None) -> bool:
        if volume is None:
            raise failed(volume, "it was deleted while the task waited for it")
        if volume.status in statuses:
            if volume.size < size:
                raise failed(volume, f"Cinder left it at {volume.size} GiB; see the log of cinder-scheduler")
            return True
        if volume.status == back:
            raise failed(volume, "Nova left it as it was; see the log of nova-compute")
        if volume.status.startswith("error"):
            raise failed(volume, "Cinder failed; see the log of cinder-volume")
        return False

    what = f"volume {volume_id} to be {' or '.join(statuses)}" + (f" with {size} GiB" if size else "")
    wait = Wait(what=what, reached=reached, seconds=seconds, show=_show, check=check)
    volume = context.wait(_watch(volumes), volume_id, wait)
    if volume is None:
        raise AssertionError("a volume that does not exist has reached its goal")
    return volume


def delete_volume(
    context: FlowContext, volumes: BlockStorage, settings: Settings, volume_id: str, kind: ResourceKind
) -> None:
    """Delete a volume once it is attached to nothing, and return when it is gone.

    Raises ResourceInUseError when it has snapshots, ResourceFailedError when Cinder cannot delete it, and
    DeadlineExceededError.
    """

    def await_(goal: str, reached: Callable[[Volume | None], bool]) -> Volume | None:
        seconds = settings.delete_seconds
        wait = Wait(what=f"volume {volume_id} {goal}", reached=reached, seconds=seconds, show=_show)
        return context.wait(_watch(volumes), volume_id, wait)

    def is_gone(volume: Volume | None) -> bool:
        if volume is not None and volume.status == "error_deleting":
            fault = "Cinder could not delete it; see the log of cinder-volume"
            raise ResourceFailedError(kind=kind, resource_id=volume_id, status=volume.status, fault=fault)
        return volume is None

    try:
        context.ensure_gone(lambda: volumes.delete_volume(volume_id))
    except ResourceInUseError:
        # A server that was just deleted releases its volumes a moment later.
        volume = await_("to be detached", lambda volume: volume is None or _is_idle(volume))
        if volume is None:
            return
        # A volume that Cinder failed to delete once can only be deleted by force.
        again = volumes.force_delete_volume if volume.status == "error_deleting" else volumes.delete_volume
        context.ensure_gone(lambda: again(volume_id))
    await_("to be deleted", is_gone)


def _is_idle(volume: Volume) -> bool:
    """Return whether Cinder is not working on a volume, so that it can be deleted."""
    return volume.status == "available" or volume.status.startswith("error")


def _watch(volumes: BlockStorage) -> Listed[Volume]:
    return Listed(("volume", volumes), volumes.volume, volumes.volumes)


def _show(volume: Volume | None) -> str:
    return volume.status if volume else "not found"
