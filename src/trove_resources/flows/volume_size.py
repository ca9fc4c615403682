"""What the growth of a data volume has in common, whichever the resource manager."""

from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step


class NoteVolumeSize(Step):
    """Have the volume's new size written down. From here on nothing takes it back."""

    announces = "volume_size"

    def __init__(self, size: int) -> None:
        super().__init__("resize_volume/volume/size", "note the new size", provides="volume_size", requires=["on_line"])
        self._size = size

    def execute(self, context: FlowContext, on_line: bool) -> str:  # noqa: ARG002, FBT001 - after the growth, in use or not
        """Return the size in GiB."""
        return str(self._size)
