"""The data volume growing: in use, or detached. Forward only: a larger volume is never taken back."""

from typing import Any

from trove_resources.clouds import Clouds
from trove_resources.errors import InvalidSpecError, RefusedError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef, Volume
from trove_resources.native.steps.server import server_of
from trove_resources.native.steps.volume import await_volume
from trove_resources.settings import Settings

FAILED = "error_extending"
IN_USE, DETACHED = "in-use", "available"


class _GrowStep(Step):
    """A step on an instance's data volume."""

    step = ""
    title = ""

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, **taskflow: Any) -> None:
        super().__init__(f"resize_volume/volume/{self.step}", self.title, **taskflow)
        self._clouds, self._settings, self._instance = clouds, settings, instance

    def _volume(self) -> Volume:
        """Return the volume, by the row or by its name. Raises ResourceFailedError when there is none."""
        volumes, instance = self._clouds.volume, self._instance
        volume = volumes.volume(instance.volume_id) if instance.volume_id else None
        if volume is None:
            named = volumes.find_volumes(instance.instance_id)
            volume = next((each for each in named if each.role == "data"), None)
        if volume is None:
            lost = instance.volume_id or f"of instance {instance.instance_id}"
            raise ResourceFailedError(kind="volume", resource_id=lost, status="not there", fault="it is gone")
        return volume

    def _await(self, context: FlowContext, volume: Volume, *statuses: str, size: int = 0) -> Volume:
        seconds = self._settings.volume_seconds
        return await_volume(context, self._clouds.volume, volume.id, statuses, size=size, seconds=seconds)

    def _note(self, context: FlowContext, act: Any) -> None:
        """Do what undoes something; if it cannot be done, the volume is what is left as it is."""
        context.try_or_note("volume", self._instance.volume_id or f"of instance {self._instance.instance_id}", act)

    def _grow(self, context: FlowContext, size: int, status: str) -> None:
        """Ask for the size, once, and wait until the volume has it and its former status."""

        def ask() -> Volume:
            volume = self._volume()
            if volume.status == status and volume.size < size:
                self._clouds.volume.extend_volume(volume.id, size)
            return volume

        self._await(context, context.attempt(ask), status, size=size)

    def _mend(self, context: FlowContext, status: str) -> None:
        """Take a volume that Cinder could not grow out of its error: it is as it was, and can be used again."""
        volume = context.attempt(self._volume)
        if volume.status == "extending":
            volume = self._await(context, volume, IN_USE, DETACHED, FAILED)
        if volume.status == FAILED:
            context.attempt(lambda: self._clouds.volume.reset_status(volume.id, status))

    def _attach(self, context: FlowContext, device: str | None) -> None:
        """Give the volume to the server, unless it has it, and return when it can be used."""
        server = context.attempt(lambda: server_of(self._clouds.compute, self._instance))

        def ask() -> Volume:
            volume = self._volume()
            if volume.status == DETACHED:
                self._clouds.compute.attach_volume(server.id, volume.id, device)
            return volume

        self._await(context, context.attempt(ask), IN_USE)


class GrowInUse(_GrowStep):
    """Grow the volume while the server has it, where that is wanted and the cloud can. Provides ``on_line``."""

    step = "grow_in_use"
    title = "grow the volume in use"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, size: int) -> None:
        super().__init__(clouds, settings, instance, provides="on_line")
        self._size = size

    def execute(self, context: FlowContext) -> bool:
        """Return whether it has its new size now; where the cloud refuses, nothing has happened."""
        context.check_stop()
        volume = context.attempt(self._volume)
        if volume.size > self._size:
            raise InvalidSpecError("size", f"the volume has {volume.size} GiB already, and can only grow")
        if volume.size == self._size:
            # An earlier task grew it, and got no further.
            return volume.status == IN_USE
        if not self._settings.online_volume_resize or volume.status == DETACHED:
            return False
        try:
            self._grow(context, self._size, IN_USE)
        except RefusedError:
            return False
        return True

    def revert(self, context: FlowContext, **_: object) -> None:
        """Let a volume that could not grow be used as before."""
        self._note(context, lambda: self._mend(context, IN_USE))


class DetachVolume(_GrowStep):
    """Take the volume from the server, unless it grew in use. Provides ``device``, where the server had it."""

    step = "detach"
    title = "detach the volume"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef) -> None:
        super().__init__(clouds, settings, instance, provides="device", requires=["on_line"])

    def execute(self, context: FlowContext, on_line: bool) -> str | None:  # noqa: FBT001 - TaskFlow gives it by name
        """Return the device."""
        if on_line:
            return None
        context.check_stop()
        volume = context.attempt(self._volume)
        if volume.status != DETACHED:
            server = context.attempt(lambda: server_of(self._clouds.compute, self._instance))
            context.ensure_gone(lambda: self._clouds.compute.detach_volume(server.id, volume.id))
            self._await(context, volume, DETACHED)
        return volume.device

    def revert(self, context: FlowContext, on_line: bool, result: object = None, **_: object) -> None:  # noqa: FBT001 - TaskFlow's
        """Give the volume back to the server, whatever size it has."""
        if not on_line:
            device = result if isinstance(result, str) else None
            self._note(context, lambda: self._attach(context, device))


class GrowDetached(_GrowStep):
    """Grow the volume while nobody has it, unless it grew in use."""

    step = "grow"
    title = "grow the volume"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, size: int) -> None:
        super().__init__(clouds, settings, instance, requires=["on_line"])
        self._size = size

    def execute(self, context: FlowContext, on_line: bool) -> None:  # noqa: FBT001 - TaskFlow gives it by name
        """Return when it has its new size."""
        if not on_line:
            context.check_stop()
            self._grow(context, self._size, DETACHED)

    def revert(self, context: FlowContext, on_line: bool, **_: object) -> None:  # noqa: FBT001 - TaskFlow's
        """Let a volume that could not grow be attached again."""
        if not on_line:
            self._note(context, lambda: self._mend(context, DETACHED))


class NoteSize(Step):
    """Have the volume's new size written down. From here on nothing takes it back."""

    announces = "volume_size"

    def __init__(self, size: int) -> None:
        super().__init__("resize_volume/volume/size", "note the new size", provides="volume_size", requires=["on_line"])
        self._size = size

    def execute(self, context: FlowContext, on_line: bool) -> str:  # noqa: ARG002, FBT001 - after the growth, in use or not
        """Return the size in GiB."""
        return str(self._size)


class AttachVolume(_GrowStep):
    """Give the volume back to the server, unless it grew in use."""

    step = "attach"
    title = "attach the volume"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef) -> None:
        super().__init__(clouds, settings, instance, requires=["on_line", "device"])

    def execute(self, context: FlowContext, on_line: bool, device: str | None) -> None:  # noqa: FBT001 - TaskFlow gives it by name
        """Return when the server has it. A stop waits: a database without its volume is nothing to be left with."""
        if not on_line:
            self._attach(context, device)
