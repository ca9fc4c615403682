"""The DNS record of an instance, in its stack."""

from typing import Any

from trove_resources.clouds.dns import RecordSet
from trove_resources.clouds.orchestration import StackRef
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.orchestrator import stack_update
from trove_resources.orchestrator.stack_update import Update
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change, names

WHAT = "record"
_ALLOWED = (("resources", names.DNS_RECORD), ("outputs", "hostname"))


class _UpdateRecord(Step):
    """Update the stack to one with the record, or without."""

    def __init__(self, stacks: Stacks, recordset: RecordSet, address: str | None, name: str, title: str) -> None:
        super().__init__(name, title, requires=["stack_path", "former_template"], provides="hostname")
        self._stacks, self._recordset, self._address = stacks, recordset, address

    def execute(self, context: FlowContext, stack_path: str, former_template: dict[str, Any]) -> str:
        """Return the record's name."""
        context.check_stop()
        update = Update(
            what=WHAT,
            before=former_template,
            template=change.with_record(former_template, self._recordset, self._address),
            allowed=_ALLOWED,
            seconds=self._stacks.settings.access_seconds,
            rollback=self._address is not None,
        )
        self._run(context, StackRef.of(stack_path), update)
        return self._recordset.name.rstrip(".")

    def _run(self, context: FlowContext, ref: StackRef, update: Update) -> None:
        stack_update.run(context, self._stacks, ref, update)


class AddRecord(_UpdateRecord):
    """The stack with the record of an address; undone, it is as before."""

    announces = "hostname"

    def __init__(self, stacks: Stacks, recordset: RecordSet, address: str) -> None:
        name = "create_dns_record/dns_record/create"
        super().__init__(stacks, recordset, address, name, "make the DNS record")

    def revert(self, context: FlowContext, stack_path: str, former_template: dict[str, Any], **_: object) -> None:
        """Have the stack as it was."""
        ref = StackRef.of(stack_path)
        act = lambda: stack_update.take_back(context, self._stacks, ref, former_template, WHAT)  # noqa: E731
        context.try_or_note("DNS record", self._recordset.name, act)


class RemoveRecord(_UpdateRecord):
    """The stack without the record; one that could not be deleted the next operation tries again."""

    def __init__(self, stacks: Stacks, recordset: RecordSet) -> None:
        name = "delete_dns_record/dns_record/delete"
        super().__init__(stacks, recordset, None, name, "delete the DNS record")

    def _run(self, context: FlowContext, ref: StackRef, update: Update) -> None:
        stack_update.run_forward(context, self._stacks, ref, update)
