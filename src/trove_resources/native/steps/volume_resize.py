"""The data volume extended, attached or detached. A volume is never shrunk again."""

from collections.abc import Callable
from typing import Any

from trove_resources.clouds import Clouds
from trove_resources.errors import InvalidSpecError, RefusedError, ResourceFailedError, ResourceNotFoundError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.servers import server_of
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef, Volume
from trove_resources.kinds import ResourceKind
from trove_resources.native.volumes import await_volume
from trove_resources.settings import Settings

FAILED = "error_extending"
EXTENDING = "extending"
IN_USE, DETACHED = "in-use", "available"


class _VolumeStep(Step):
    """A step on an instance's data volume."""

    kind: ResourceKind = ResourceKind.DATA_VOLUME
    step = ""
    title = ""

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, **taskflow: Any) -> None:
        super().__init__(f"resize_volume/volume/{self.step}", self.title, **taskflow)
        self._clouds, self._settings, self._instance = clouds, settings, instance

    def _find(self) -> Volume | None:
        """Return the volume, found by the row or by its name, or None."""
        volumes, instance = self._clouds.volume, self._instance
        volume = volumes.volume(instance.volume_id) if instance.volume_id else None
        if volume is None:
            named = volumes.find_volumes(instance.instance_id)
            volume = next((each for each in named if each.role == "data"), None)
        return volume

    def _volume(self) -> Volume:
        """Return the volume.

        Raises InvalidSpecError when the instance has none, ResourceFailedError when it is missing.
        """
        volume = self._find()
        if volume is not None:
            return volume
        lost = self._instance.volume_id
        if lost is None:
            raise InvalidSpecError("volume", "the instance has no data volume: its data is on the root disk")
        fault = "it was deleted; delete the instance, or restore a backup of it"
        raise ResourceFailedError(kind=self.kind, resource_id=lost, status="not found", fault=fault)

    def _await(self, context: FlowContext, volume: Volume, *statuses: str, size: int = 0, back: str = "") -> Volume:
        volumes, seconds = self._clouds.volume, self._settings.volume_seconds
        return await_volume(context, volumes, volume.id, statuses, size=size, back=back, seconds=seconds)

    def _note(self, context: FlowContext, act: Callable[[], object]) -> None:
        """Undo something; if that fails, the volume is recorded as a leftover."""
        context.try_or_note(self.kind, self._instance.volume_id or f"of instance {self._instance.instance_id}", act)

    def _ask_to_extend(self, size: int, status: str) -> Volume:
        """Request the size unless that was done, and return the volume as it was."""
        volume = self._volume()
        if volume.status == status and volume.size < size:
            self._clouds.volume.extend_volume(volume.id, size)
        return volume

    def _recover(self, context: FlowContext) -> None:
        """Reset the status of a volume that Cinder could not extend: it is as it was, and can be used again."""
        volume = context.attempt(self._find)
        if volume is not None and volume.status == EXTENDING:
            volume = self._await(context, volume, IN_USE, DETACHED, FAILED)
        if volume is not None and volume.status == FAILED:
            failed, status = volume.id, IN_USE if volume.attached_to else DETACHED
            context.attempt(lambda: self._clouds.volume.reset_status(failed, status))

    def _attach(self, context: FlowContext, device: str | None) -> None:
        """Attach the volume to the server, unless it is attached, and return when it can be used."""
        server = context.attempt(lambda: server_of(self._clouds.compute, self._instance))
        volume = context.attempt(self._volume)
        if volume.status not in (IN_USE, DETACHED):
            volume = self._await(context, volume, IN_USE, DETACHED)
        seen = [volume]

        def ask() -> Volume:
            now = seen.pop() if seen else self._volume()
            if now.status == DETACHED:
                self._clouds.compute.attach_volume(server.id, now.id, device)
            return now

        self._check_attached(context, self._await(context, context.attempt(ask), IN_USE, back=DETACHED))

    def _check_attached(self, context: FlowContext, volume: Volume) -> None:
        """Raise ResourceFailedError when another server has the volume: in-use alone proves nothing."""
        if not volume.attached_to or self._instance.server_id in volume.attached_to:
            return
        server = context.attempt(lambda: server_of(self._clouds.compute, self._instance))
        if server.id not in volume.attached_to:
            others = ", ".join(volume.attached_to)
            fault = f"it is attached to {others}, not to the instance's server {server.id}"
            raise ResourceFailedError(kind=self.kind, resource_id=volume.id, status=volume.status, fault=fault)


class ExtendAttached(_VolumeStep):
    """Extend the volume while it is attached, where the options and the cloud allow it.

    Provides ``on_line``, whether it was extended so, and the ``device`` of the attachment.
    """

    step = "grow_in_use"
    title = "extend the volume in use"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, size: int) -> None:
        super().__init__(clouds, settings, instance, provides=("on_line", "device"))
        self._size = size

    def execute(self, context: FlowContext) -> tuple[bool, str | None]:
        """Return whether the volume has its new size, and its device."""
        context.check_stop()
        volume = context.attempt(self._volume)
        if volume.status == EXTENDING:
            # An earlier run of the task requested it.
            volume = self._await(context, volume, IN_USE, DETACHED)
        if volume.status == IN_USE:
            self._check_attached(context, volume)
        if volume.size > self._size:
            raise InvalidSpecError("size", f"the volume already has {volume.size} GiB, and cannot be shrunk")
        if volume.status not in (IN_USE, DETACHED):
            fault = f"it must be {IN_USE} or {DETACHED} to be extended"
            raise ResourceFailedError(kind=self.kind, resource_id=volume.id, status=volume.status, fault=fault)
        return self._extend(context, volume), volume.device

    def revert(self, context: FlowContext, result: object = None, **_: object) -> None:
        """Make a volume that could not be extended here usable again."""
        if not isinstance(result, list | tuple) or result[0]:
            self._note(context, lambda: self._recover(context))

    def _extend(self, context: FlowContext, volume: Volume) -> bool:
        """Return whether the volume was extended. If Cinder refuses it while it is attached, nothing has changed."""
        if volume.size == self._size:
            # An earlier task extended it, and got no further.
            return volume.status == IN_USE
        if not self._settings.online_volume_resize or volume.status == DETACHED:
            return False
        try:
            asked = context.attempt(lambda: self._ask_to_extend(self._size, IN_USE))
        except ResourceNotFoundError:
            raise
        except RefusedError:
            return False
        self._await(context, asked, IN_USE, size=self._size)
        return True


class DetachVolume(_VolumeStep):
    """Detach the volume, unless it was extended while attached."""

    step = "detach"
    title = "detach the volume"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef) -> None:
        super().__init__(clouds, settings, instance, requires=["on_line", "device"])

    def execute(self, context: FlowContext, on_line: bool, device: str | None) -> None:  # noqa: ARG002, FBT001 - TaskFlow passes them by name; the undo uses the device
        """Return when it is detached."""
        if on_line:
            return
        context.check_stop()
        server = context.attempt(lambda: server_of(self._clouds.compute, self._instance))
        volume = context.attempt(lambda: self._ask_to_detach(server.id))
        if volume.status != DETACHED:
            self._await(context, volume, DETACHED, back=IN_USE)

    def revert(self, context: FlowContext, on_line: bool, device: str | None, **_: object) -> None:  # noqa: FBT001 - TaskFlow passes it by name
        """Attach the volume again, whatever its size."""
        if not on_line:
            self._note(context, lambda: self._attach(context, device))

    def _ask_to_detach(self, server_id: str) -> Volume:
        volume = self._volume()
        if volume.status == IN_USE:
            self._clouds.compute.detach_volume(server_id, volume.id)
        return volume


class ExtendDetached(_VolumeStep):
    """Extend the volume while it is detached, unless it was extended while attached."""

    step = "grow"
    title = "extend the volume"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, size: int) -> None:
        super().__init__(clouds, settings, instance, requires=["on_line"])
        self._size = size

    def execute(self, context: FlowContext, on_line: bool) -> None:  # noqa: FBT001 - TaskFlow passes it by name
        """Return when it has its new size."""
        if not on_line:
            context.check_stop()
            volume = context.attempt(lambda: self._ask_to_extend(self._size, DETACHED))
            self._await(context, volume, DETACHED, size=self._size)

    def revert(self, context: FlowContext, on_line: bool, **_: object) -> None:  # noqa: FBT001 - TaskFlow passes it by name
        """Make a volume that could not be extended attachable again."""
        if not on_line:
            self._note(context, lambda: self._recover(context))


class AttachVolume(_VolumeStep):
    """Attach the volume again, unless it was extended while attached."""

    step = "attach"
    title = "attach the volume"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef) -> None:
        super().__init__(clouds, settings, instance, requires=["on_line", "device"])

    def execute(self, context: FlowContext, on_line: bool, device: str | None) -> None:  # noqa: FBT001 - TaskFlow passes it by name
        """Return when it is attached. A stop has to wait: a database must not be left without its volume."""
        if not on_line:
            self._attach(context, device)
