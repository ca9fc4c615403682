"""Volumes: created, waited for, and removed only when no server has them."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from trove_resources import markers
from trove_resources.clouds.volume import BlockStorage
from trove_resources.errors import ResourceFailedError, ResourceInUseError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import CreateStep, Found, Step
from trove_resources.flows.waiting import Wait
from trove_resources.inventory import Volume
from trove_resources.markers import VolumeRole
from trove_resources.settings import Settings
from trove_resources.spec import VolumeSpec

_READY = ("available", "in-use")
"""Statuses of a volume that is there: in use, when the server of an earlier run of the task has it."""


class VolumeWatch:
    """How volumes are asked for while somebody waits."""

    def __init__(self, volumes: BlockStorage) -> None:
        self._volumes = volumes
        self.key = ("volume", volumes)

    def one(self, resource_id: str) -> Volume | None:
        """Return a volume."""
        return self._volumes.volume(resource_id)

    def many(self, resource_ids: Iterable[str]) -> Mapping[str, Volume]:
        """Return those that are there."""
        return self._volumes.volumes(resource_ids)


class CreateVolume(CreateStep):
    """Create a data or root volume."""

    kind = "volume"

    def __init__(self, volumes: BlockStorage, settings: Settings, spec: VolumeSpec) -> None:
        super().__init__(
            f"provision/{spec.role}_volume/create", f"create the {spec.role} volume", provides=f"{spec.role}_volume_id"
        )
        self._volumes, self._settings, self._spec = volumes, settings, spec
        self.announces = "volume_id" if spec.role == "data" else None

    def execute(self, context: FlowContext) -> str:
        """Return the volume's id."""
        return self.find_or_create(context, lambda: self._volumes.create_volume(self._spec, context.owner))

    def find(self, context: FlowContext) -> Sequence[Found]:
        """Find the volume of this role."""
        return [
            Found(volume.id, volume.metadata.get(markers.TASK_KEY) == context.owner.task_id)
            for volume in self._volumes.find_volumes(context.owner.instance_id)
            if volume.role == self._spec.role
        ]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete the volume: it never held data, its instance was not there yet."""
        delete_volume(context, self._volumes, self._settings, resource_id)


class AwaitVolume(Step):
    """Wait until a new volume is available."""

    def __init__(self, volumes: BlockStorage, settings: Settings, role: VolumeRole) -> None:
        super().__init__(
            f"provision/{role}_volume/available",
            f"wait for the {role} volume",
            rebind={"volume_id": f"{role}_volume_id"},
        )
        self._volumes, self._settings = volumes, settings

    def execute(self, context: FlowContext, volume_id: str) -> None:
        """Return when it is; raise ResourceFailedError when it never will be."""
        seconds, check = self._settings.volume_seconds, context.check_stop
        await_volume(context, self._volumes, volume_id, _READY, seconds=seconds, check=check)


def await_volume(
    context: FlowContext,
    volumes: BlockStorage,
    volume_id: str,
    statuses: Sequence[str],
    *,
    size: int = 0,
    back: str = "",
    seconds: float,
    check: Callable[[], None] = lambda: None,
) -> Volume:
    """Return the volume once it has one of the statuses, and ``size`` GiB at the least.

    Raises ResourceFailedError when it is gone, in an error, without the size, or ``back`` in the status it left when
    it was asked for; and DeadlineExceededError.
    """

    def failed(volume: Volume | None, fault: str) -> ResourceFailedError:
        return ResourceFailedError(kind="volume", resource_id=volume_id, status=_show(volume), fault=fault)

    def reached(volume: Volume | None) -> bool:
        if volume is None:
            raise failed(volume, "it is gone")
        if volume.status in statuses:
            if volume.size < size:
                raise failed(volume, f"Cinder left it at {volume.size} GiB; its scheduler's log says why")
            return True
        if volume.status == back:
            raise failed(volume, "it came back as it was; the log of Nova's compute service says why")
        if volume.status.startswith("error"):
            raise failed(volume, "Cinder failed; the log of its volume service says why")
        return False

    what = f"volume {volume_id} to be {' or '.join(statuses)}" + (f" with {size} GiB" if size else "")
    wait = Wait(what=what, reached=reached, seconds=seconds, show=_show, check=check)
    volume = context.wait(VolumeWatch(volumes), volume_id, wait)
    if volume is None:
        raise AssertionError("a volume that is gone never arrives")
    return volume


def delete_volume(context: FlowContext, volumes: BlockStorage, settings: Settings, volume_id: str) -> None:
    """Delete a volume, once it is attached to nothing, and return when it is gone.

    Raises ResourceInUseError when it has snapshots, ResourceFailedError when Cinder cannot delete it, and
    DeadlineExceededError.
    """
    watch = VolumeWatch(volumes)

    def wait(what: str, *, gone: bool) -> Volume | None:
        def reached(volume: Volume | None) -> bool:
            if gone and volume is not None and volume.status == "error_deleting":
                raise ResourceFailedError(
                    kind="volume", resource_id=volume_id, status=volume.status, fault="Cinder could not delete it"
                )
            return volume is None or (not gone and _rests(volume))

        return context.wait(
            watch,
            volume_id,
            Wait(what=f"volume {volume_id} {what}", reached=reached, seconds=settings.delete_seconds, show=_show),
        )

    try:
        context.ensure_gone(lambda: volumes.delete_volume(volume_id))
    except ResourceInUseError:
        # A server that has just gone lets go of its volumes a moment later.
        volume = wait("to be detached", gone=False)
        if volume is None:
            return
        # What Cinder failed to delete once it does not take again, but by force.
        again = volumes.force_delete_volume if volume.status == "error_deleting" else volumes.delete_volume
        context.ensure_gone(lambda: again(volume_id))
    wait("to be gone", gone=True)


def _rests(volume: Volume) -> bool:
    """Say whether nothing is under way with a volume, so that it can be deleted."""
    return volume.status == "available" or volume.status.startswith("error")


def _show(volume: Volume | None) -> str:
    return volume.status if volume else "not there"
