"""The step that extends the data volume: while it is attached, and never back."""

from typing import Any, Final

from trove_resources.clouds.orchestration import StackRef
from trove_resources.errors import InvalidSpecError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator import stack_update
from trove_resources.orchestrator.stack_update import Update
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change, names

_SIZE: Final = "size"
"""The name of the update."""


class ExtendVolume(Step):
    """Update the stack to the new size. After a failure, the stack has the size that the volume has."""

    kind = ResourceKind.DATA_VOLUME

    def __init__(self, stacks: Stacks, size: int) -> None:
        super().__init__(
            "resize_volume/volume/grow_in_use",
            "extend the volume in use",
            requires=["stack_path", "former_template"],
            provides="on_line",
        )
        self._stacks, self._size = stacks, size

    def execute(self, context: FlowContext, stack_path: str, former_template: dict[str, Any]) -> bool:
        """Return whether it was attached: always.

        Raises InvalidSpecError if the instance has no data volume, or a larger one.
        """
        context.check_stop()
        if names.DATA_VOLUME not in former_template["resources"]:
            raise InvalidSpecError("volume", "the instance has no data volume")
        former = int(change.properties(former_template, names.DATA_VOLUME)["size"])
        if former > self._size:
            raise InvalidSpecError("size", f"the volume has {former} GiB already, and cannot be shrunk")
        update = Update(
            name=_SIZE,
            before=former_template,
            template=change.with_size(former_template, self._size),
            allowed=(("resources", names.DATA_VOLUME, "properties", "size"),),
            seconds=self._stacks.settings.volume_seconds,
            # Heat cannot shrink the volume again.
            rollback=False,
        )
        stack_update.run(context, self._stacks, StackRef.of(stack_path), update)
        return True

    def revert(
        self, context: FlowContext, stack_path: str, former_template: dict[str, Any], result: object = None, **_: object
    ) -> None:
        """If it failed, restore the stack with the volume's size. A volume that was extended stays so."""
        if result is True or names.DATA_VOLUME not in former_template["resources"]:
            return
        ref = StackRef.of(stack_path)

        def restore() -> None:
            stack_update.restore(context, self._stacks, ref, former_template, _SIZE, rollback=False)

        context.try_or_note(self.kind, ref.name, restore)
