"""What a new stack tells of the DNS record, and to who makes one."""

from typing import Any

from trove_resources.clouds.dns import RecordSet
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.orchestrator.template import names


class NoteRecord(Step):
    """Have the record's name written down; undone, it goes with the stack."""

    announces = "hostname"

    def __init__(self, recordset: RecordSet) -> None:
        super().__init__(
            "provision/dns_record/note", "note the DNS record", requires=["stack_outputs"], provides="hostname"
        )
        self._recordset = recordset

    def execute(self, context: FlowContext, stack_outputs: dict[str, Any]) -> str:  # noqa: ARG002 - TaskFlow's
        """Return the name."""
        return self._recordset.name.rstrip(".")

    def revert(self, context: FlowContext, **_: object) -> None:
        """Nothing is to be done: without a stack there is no record."""


class ReadAddresses(Step):
    """Say which addresses the instance has, for who makes its record."""

    def __init__(self) -> None:
        super().__init__(
            "provision/dns_record/addresses",
            "read the addresses",
            requires=["stack_outputs"],
            provides=("server_addresses", "floating_address"),
        )

    def execute(self, context: FlowContext, stack_outputs: dict[str, Any]) -> tuple[list[str], str | None]:  # noqa: ARG002 - TaskFlow's
        """Return the fixed addresses of the user port, or of the server without one; and the floating one."""
        fixed = stack_outputs.get(f"{names.port('user')}_addresses") or ()
        networks = (stack_outputs.get("addresses") or {}).values()
        of_server = [address["addr"] for network in networks for address in network]
        return [each["ip_address"] for each in fixed] or of_server, stack_outputs.get("floating_address")
