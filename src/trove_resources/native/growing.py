"""The flow that grows the data volume."""

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.clouds import Clouds
from trove_resources.contract import GuestHooks
from trove_resources.flows.volume_size import NoteVolumeSize
from trove_resources.inventory import InstanceRef
from trove_resources.native.steps.volume_resize import AttachVolume, DetachVolume, GrowDetached, GrowInUse
from trove_resources.settings import Settings


def flow(clouds: Clouds, settings: Settings, instance: InstanceRef, size: int, around: GuestHooks) -> Flow:
    """Grow it in use; where that cannot be, the steps between do it around a detach. Which it is, they decide."""
    arguments = (clouds, settings, instance)
    whole = LinearFlow(f"resize_volume/{instance.instance_id}/volume")
    whole.add(
        GrowInUse(*arguments, size),
        around.before,
        DetachVolume(*arguments),
        GrowDetached(*arguments, size),
        NoteVolumeSize(size),
        AttachVolume(*arguments),
        around.after,
    )
    return whole
