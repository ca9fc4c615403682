"""Steps that migrate a server, and confirm or revert the migration: signals, which leave the stack as it is."""

from trove_resources.clouds.orchestration import StackRef
from trove_resources.clouds.service import Json
from trove_resources.errors import RefusedError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.flows.waiting import OneByOne, Wait
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator import move_state, signals
from trove_resources.orchestrator.move_state import CONFIRMED, FAILED, MOVING, REVERTED, WAITING, Move
from trove_resources.orchestrator.stacks import Stacks


class MigrateServer(Step):
    """Have the plug-in migrate the server, and return when it waits to be confirmed. Undone, it is on its old host."""

    kind = ResourceKind.SERVER

    def __init__(self, stacks: Stacks, instance: InstanceRef, host: str | None) -> None:
        super().__init__(
            "migrate/server/move", "migrate the server", requires=["stack_path"], provides="migrated_stack"
        )
        self._stacks, self._instance, self._host = stacks, instance, host

    def execute(self, context: FlowContext, stack_path: str) -> str:
        """Return the stack's path."""
        context.check_stop()
        heat, ref, settings = self._stacks.heat, StackRef.of(stack_path), self._stacks.settings
        timeout = int(settings.verify_seconds)
        details: Json = {"timeout": timeout, "host": self._host} if self._host else {"timeout": timeout}
        former = "" if signals.was_sent(context, heat, ref, "migrate") else self._move(context, ref).id
        signals.send(context, heat, ref, "migrate", **details)

        def reached(move: Move | None) -> bool:
            if move is None or move.operation != "migrate":
                return False
            if move.id != former and move.status in (FAILED, REVERTED):
                fault = f"the migration failed: {move.reason}"
                raise ResourceFailedError(kind=self.kind, resource_id=self._server, status=move.status, fault=fault)
            return move.status == WAITING

        wait: Wait[Move] = Wait(
            what=f"the server of stack {ref.name} to be on another host",
            reached=reached,
            seconds=settings.move_seconds,
            show=str,
            check=context.check_stop,
        )
        context.wait(_watch(self._stacks), stack_path, wait)
        return stack_path

    def revert(self, context: FlowContext, stack_path: str, **_: object) -> None:
        """Move the server back, unless the migration is confirmed."""
        context.try_or_note(self.kind, self._server, lambda: self._move_back(context, StackRef.of(stack_path)))

    @property
    def _server(self) -> str:
        return self._instance.server_id or f"of instance {self._instance.instance_id}"

    def _move(self, context: FlowContext, ref: StackRef) -> Move:
        return context.attempt(lambda: move_state.move_of(self._stacks.heat, ref))

    def _move_back(self, context: FlowContext, ref: StackRef) -> None:
        heat, seconds = self._stacks.heat, self._stacks.settings.revert_seconds
        move = self._move(context, ref)
        if move.operation != "migrate" or move.status not in (MOVING, WAITING):
            return
        wait: Wait[Move] = Wait(
            what=f"the migration of the server of stack {ref.name} to end",
            reached=lambda seen: seen is not None and seen.status != MOVING,
            seconds=seconds,
            show=str,
        )
        seen = context.wait(_watch(self._stacks), str(ref), wait)
        if seen is None or seen.status != WAITING:
            return
        try:
            signals.send_and_wait(context, heat, ref, "revert", seconds=seconds, reason="the task failed")
        except RefusedError:
            if self._move(context, ref).status == WAITING:
                raise


class ConfirmMigration(Step):
    """Confirm the migration."""

    kind = ResourceKind.SERVER

    def __init__(self, stacks: Stacks) -> None:
        super().__init__("migrate/server/confirm", "confirm the migration", requires=["migrated_stack"])
        self._stacks = stacks

    def execute(self, context: FlowContext, migrated_stack: str) -> None:
        """Return when Nova has accepted it. From here on nothing is undone."""
        context.check_stop()
        move_state.confirm(context, self._stacks, StackRef.of(migrated_stack))


class AwaitMigrated(Step):
    """Wait until the migration is confirmed."""

    kind = ResourceKind.SERVER

    def __init__(self, stacks: Stacks) -> None:
        super().__init__("migrate/server/confirmed", "wait for the server", requires=["migrated_stack"])
        self._stacks = stacks

    def execute(self, context: FlowContext, migrated_stack: str) -> None:
        """Return when it is. Raises ResourceFailedError if it was reverted instead."""

        def reached(move: Move | None) -> bool:
            if move is not None and move.status in (FAILED, REVERTED):
                fault = f"the migration was not confirmed: {move.reason}"
                raise ResourceFailedError(kind=self.kind, resource_id=migrated_stack, status=move.status, fault=fault)
            return move is not None and move.status == CONFIRMED

        wait: Wait[Move] = Wait(
            what="the migration to be confirmed",
            reached=reached,
            seconds=self._stacks.settings.revert_seconds,
            show=str,
        )
        context.wait(_watch(self._stacks), migrated_stack, wait)


def _watch(stacks: Stacks) -> OneByOne[Move]:
    return OneByOne(("migration", stacks.heat), lambda path: move_state.move_of(stacks.heat, StackRef.of(path)))
