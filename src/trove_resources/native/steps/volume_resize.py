"""The data volume growing: in use, or detached. Forward only: a larger volume is never taken back."""

from collections.abc import Callable
from typing import Any

from trove_resources.clouds import Clouds
from trove_resources.errors import InvalidSpecError, RefusedError, ResourceFailedError, ResourceNotFoundError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef, Volume
from trove_resources.native.steps.server import server_of
from trove_resources.native.steps.volume import await_volume
from trove_resources.settings import Settings

FAILED = "error_extending"
GROWING = "extending"
IN_USE, DETACHED = "in-use", "available"


class _GrowStep(Step):
    """A step on an instance's data volume."""

    step = ""
    title = ""

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, **taskflow: Any) -> None:
        super().__init__(f"resize_volume/volume/{self.step}", self.title, **taskflow)
        self._clouds, self._settings, self._instance = clouds, settings, instance

    def _find(self) -> Volume | None:
        """Return the volume, by the row or by its name; None when there is none."""
        volumes, instance = self._clouds.volume, self._instance
        volume = volumes.volume(instance.volume_id) if instance.volume_id else None
        if volume is None:
            named = volumes.find_volumes(instance.instance_id)
            volume = next((each for each in named if each.role == "data"), None)
        return volume

    def _volume(self) -> Volume:
        """Return the volume. Raises InvalidSpecError when there never was one, ResourceFailedError when it is gone."""
        volume = self._find()
        if volume is not None:
            return volume
        lost = self._instance.volume_id
        if lost is None:
            raise InvalidSpecError("volume", "the instance has no data volume: its data is on its server's disk")
        raise ResourceFailedError(kind="volume", resource_id=lost, status="not there", fault="it is gone")

    def _await(self, context: FlowContext, volume: Volume, *statuses: str, size: int = 0, back: str = "") -> Volume:
        volumes, seconds = self._clouds.volume, self._settings.volume_seconds
        return await_volume(context, volumes, volume.id, statuses, size=size, back=back, seconds=seconds)

    def _note(self, context: FlowContext, act: Callable[[], object]) -> None:
        """Do what undoes something; if it cannot be done, the volume is what is left as it is."""
        context.try_or_note("volume", self._instance.volume_id or f"of instance {self._instance.instance_id}", act)

    def _ask_to_grow(self, size: int, status: str) -> Volume:
        """Ask for the size unless that is done, and return the volume as it was."""
        volume = self._volume()
        if volume.status == status and volume.size < size:
            self._clouds.volume.extend_volume(volume.id, size)
        return volume

    def _mend(self, context: FlowContext) -> None:
        """Take a volume that Cinder could not grow out of its error: it is as it was, and can be used again."""
        volume = context.attempt(self._find)
        if volume is not None and volume.status == GROWING:
            volume = self._await(context, volume, IN_USE, DETACHED, FAILED)
        if volume is not None and volume.status == FAILED:
            mended, status = volume.id, IN_USE if volume.attached_to else DETACHED
            context.attempt(lambda: self._clouds.volume.reset_status(mended, status))

    def _attach(self, context: FlowContext, device: str | None) -> None:
        """Give the volume to the server, unless it has it, and return when it can be used."""
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

        self._await(context, context.attempt(ask), IN_USE, back=DETACHED)


class GrowInUse(_GrowStep):
    """Grow the volume while the server has it, where that is wanted and the cloud can.

    Provides ``on_line``, and the ``device`` where the server has it.
    """

    step = "grow_in_use"
    title = "grow the volume in use"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef, size: int) -> None:
        super().__init__(clouds, settings, instance, provides=("on_line", "device"))
        self._size = size

    def execute(self, context: FlowContext) -> tuple[bool, str | None]:
        """Return whether it has its new size now, and its device."""
        context.check_stop()
        volume = context.attempt(self._volume)
        if volume.status == GROWING:
            # The task began before.
            volume = self._await(context, volume, IN_USE, DETACHED)
        if volume.size > self._size:
            raise InvalidSpecError("size", f"the volume has {volume.size} GiB already, and can only grow")
        if volume.status not in (IN_USE, DETACHED):
            fault = f"it has to be {IN_USE} or {DETACHED} to grow"
            raise ResourceFailedError(kind="volume", resource_id=volume.id, status=volume.status, fault=fault)
        return self._grow(context, volume), volume.device

    def revert(self, context: FlowContext, result: object = None, **_: object) -> None:
        """Let a volume that could not grow be used as before, if it was to grow here."""
        if not isinstance(result, list | tuple) or result[0]:
            self._note(context, lambda: self._mend(context))

    def _grow(self, context: FlowContext, volume: Volume) -> bool:
        """Return whether it grew; where Cinder does not take it up, nothing has happened."""
        if volume.size == self._size:
            # An earlier task grew it, and got no further.
            return volume.status == IN_USE
        if not self._settings.online_volume_resize or volume.status == DETACHED:
            return False
        try:
            asked = context.attempt(lambda: self._ask_to_grow(self._size, IN_USE))
        except ResourceNotFoundError:
            raise
        except RefusedError:
            return False
        self._await(context, asked, IN_USE, size=self._size)
        return True


class DetachVolume(_GrowStep):
    """Take the volume from the server, unless it grew in use."""

    step = "detach"
    title = "detach the volume"

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef) -> None:
        super().__init__(clouds, settings, instance, requires=["on_line", "device"])

    def execute(self, context: FlowContext, on_line: bool, device: str | None) -> None:  # noqa: ARG002, FBT001 - TaskFlow gives them by name; the undo wants the device
        """Return when nobody has it."""
        if on_line:
            return
        context.check_stop()
        server = context.attempt(lambda: server_of(self._clouds.compute, self._instance))
        volume = context.attempt(lambda: self._ask_to_detach(server.id))
        if volume.status != DETACHED:
            self._await(context, volume, DETACHED, back=IN_USE)

    def revert(self, context: FlowContext, on_line: bool, device: str | None, **_: object) -> None:  # noqa: FBT001 - TaskFlow's
        """Give the volume back to the server, whatever size it has."""
        if not on_line:
            self._note(context, lambda: self._attach(context, device))

    def _ask_to_detach(self, server_id: str) -> Volume:
        volume = self._volume()
        if volume.status == IN_USE:
            self._clouds.compute.detach_volume(server_id, volume.id)
        return volume


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
            volume = context.attempt(lambda: self._ask_to_grow(self._size, DETACHED))
            self._await(context, volume, DETACHED, size=self._size)

    def revert(self, context: FlowContext, on_line: bool, **_: object) -> None:  # noqa: FBT001 - TaskFlow's
        """Let a volume that could not grow be attached again."""
        if not on_line:
            self._note(context, lambda: self._mend(context))


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
