"""The flow that grows the data volume."""

from taskflow.flow import Flow
from taskflow.patterns.linear_flow import Flow as LinearFlow

from trove_resources.clouds import Clouds
from trove_resources.contract import Around
from trove_resources.flows.growth import NoteSize
from trove_resources.inventory import InstanceRef
from trove_resources.native.steps.grow import AttachVolume, DetachVolume, GrowDetached, GrowInUse
from trove_resources.settings import Settings


def flow(clouds: Clouds, settings: Settings, instance: InstanceRef, size: int, around: Around) -> Flow:
    """Grow it in use; where that cannot be, the steps between do it around a detach. Which it is, they decide."""
    arguments = (clouds, settings, instance)
    whole = LinearFlow(f"resize_volume/{instance.instance_id}/volume")
    whole.add(
        GrowInUse(*arguments, size),
        around.before,
        DetachVolume(*arguments),
        GrowDetached(*arguments, size),
        NoteSize(size),
        AttachVolume(*arguments),
        around.after,
    )
    return whole
