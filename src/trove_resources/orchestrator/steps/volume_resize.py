"""A data volume that grows: alone, in use, and forward only."""

from typing import Any

from trove_resources.clouds.orchestration import StackRef
from trove_resources.errors import InvalidSpecError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.orchestrator import stack_update
from trove_resources.orchestrator.stack_update import Update
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change
from trove_resources.orchestrator.volume_size import VOLUME

WHAT = "size"


class GrowVolume(Step):
    """Update the stack to the size. What fails leaves stack and volume with one size, the volume's."""

    def __init__(self, stacks: Stacks, size: int) -> None:
        super().__init__(
            "resize_volume/volume/grow_in_use",
            "grow the volume in use",
            requires=["stack_path", "former_template"],
            provides=("on_line", "device"),
        )
        self._stacks, self._size = stacks, size

    def execute(self, context: FlowContext, stack_path: str, former_template: dict[str, Any]) -> tuple[bool, None]:
        """Return that it grew in use. Raises InvalidSpecError when there is none, or it is larger already."""
        context.check_stop()
        if VOLUME not in former_template["resources"]:
            raise InvalidSpecError("volume", "the instance has no data volume")
        former = int(change.properties(former_template, VOLUME)["size"])
        if former > self._size:
            raise InvalidSpecError("size", f"the volume has {former} GiB already, and can only grow")
        update = Update(
            what=WHAT,
            before=former_template,
            template=change.with_size(former_template, self._size),
            allowed=(("resources", VOLUME, "properties", "size"),),
            seconds=self._stacks.settings.volume_seconds,
            # Heat cannot shrink it again.
            rollback=False,
        )
        stack_update.run(context, self._stacks, StackRef.of(stack_path), update)
        return True, None

    def revert(
        self, context: FlowContext, stack_path: str, former_template: dict[str, Any], result: object = None, **_: object
    ) -> None:
        """Have the stack say which size the volume has. One that grew keeps it."""
        if not isinstance(result, tuple | list) and VOLUME in former_template["resources"]:
            ref = StackRef.of(stack_path)
            act = lambda: stack_update.take_back(context, self._stacks, ref, former_template, WHAT, rollback=False)  # noqa: E731
            context.try_or_note("volume", ref.name, act)
