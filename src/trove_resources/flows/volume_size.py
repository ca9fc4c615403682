"""What every resource manager does after it has extended a data volume."""

from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.kinds import ResourceKind


class NoteVolumeSize(Step):
    """Have the caller write down the volume's new size. From here on nothing is undone."""

    kind = ResourceKind.DATA_VOLUME
    announces = "volume_size"

    def __init__(self, size: int) -> None:
        super().__init__("resize_volume/volume/size", "note the new size", provides="volume_size", requires=["on_line"])
        self._size = size

    def execute(self, context: FlowContext, on_line: bool) -> str:  # noqa: ARG002, FBT001 - requires the volume to be extended
        """Return the size in GiB."""
        return str(self._size)
