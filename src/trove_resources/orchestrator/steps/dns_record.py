"""Steps about the DNS record, which is part of the stack or beside it."""

from typing import Any

from trove_resources.clouds import Clouds
from trove_resources.clouds.dns import RecordSet
from trove_resources.flows.context import FlowContext
from trove_resources.flows.dns_record import DeleteDnsRecord
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator.template import names, network
from trove_resources.settings import Settings


class NoteDnsRecord(Step):
    """Announce the name of the DNS record in the stack."""

    kind = ResourceKind.DNS_RECORD
    announces = "hostname"

    def __init__(self, recordset: RecordSet) -> None:
        super().__init__(
            "provision/dns_record/note", "note the DNS record", requires=["stack_outputs"], provides="hostname"
        )
        self._recordset = recordset

    def execute(self, context: FlowContext, stack_outputs: dict[str, Any]) -> str:  # noqa: ARG002 - TaskFlow passes it
        """Return the name."""
        return self._recordset.name.rstrip(".")

    def revert(self, context: FlowContext, **_: object) -> None:
        """Do nothing but withdraw the announced name: the record is deleted with the stack."""


class ReadAddresses(Step):
    """Read the addresses of the instance, for a DNS record beside the stack."""

    kind = ResourceKind.DNS_RECORD

    def __init__(self) -> None:
        super().__init__(
            "provision/dns_record/addresses",
            "read the addresses",
            requires=["stack_outputs"],
            provides=("server_addresses", "floating_address"),
        )

    def execute(self, context: FlowContext, stack_outputs: dict[str, Any]) -> tuple[list[str], str | None]:  # noqa: ARG002 - TaskFlow passes it
        """Return the fixed addresses of the user port, or of the server if it has no user port; and the floating IP."""
        fixed = stack_outputs.get(f"{names.USER_PORT}_addresses") or ()
        networks = (stack_outputs.get("addresses") or {}).values()
        of_server = [address["addr"] for each in networks for address in each]
        return [each["ip_address"] for each in fixed] or of_server, stack_outputs.get(network.FLOATING_ADDRESS)


class DeleteDnsRecordBeside(DeleteDnsRecord):
    """Delete the DNS record, unless it was part of the stack."""

    def __init__(self, clouds: Clouds, settings: Settings, instance: InstanceRef) -> None:
        super().__init__(clouds, settings, instance, requires=["had_record"])

    def execute(self, context: FlowContext, had_record: bool = False) -> None:  # noqa: FBT001, FBT002 - TaskFlow passes it by name
        """Delete it, and return when it is gone."""
        if not had_record:
            super().execute(context)
