"""The DNS record, made and deleted by Trove's driver, whichever the resource manager."""

from collections.abc import Sequence
from typing import Any

from trove_resources.clouds import Clouds
from trove_resources.flows.context import FlowContext
from trove_resources.flows.delete import DeleteStep
from trove_resources.flows.step import CreateStep, Found


class CreateDnsRecord(CreateStep):
    """Make the record of the user port's address, or of the server's where there is no port of ours."""

    kind = "DNS record"
    announces = "hostname"

    def __init__(self, clouds: Clouds, *, operation: str, addresses: Sequence[str] = ()) -> None:
        super().__init__(f"{operation}/dns_record/create", "make the DNS record", provides="hostname")
        self._clouds, self._addresses = clouds, tuple(addresses)

    def execute(
        self,
        context: FlowContext,
        user_port: dict[str, Any] | None = None,
        floating_address: str | None = None,
        server_addresses: list[str] | None = None,
    ) -> str | None:
        """Return the record's name. It is the instance's own, so one that is there already is the one to be made."""
        context.check_stop()
        fixed = [address for _, address in user_port["addresses"]] if user_port else server_addresses or []
        addresses = self._addresses or [*fixed, *([floating_address] if floating_address else [])]
        context.attempt(lambda: self._clouds.dns.create(context.owner.instance_id, addresses))
        return self._clouds.dns.hostname(context.owner.instance_id)

    def find(self, context: FlowContext) -> Sequence[Found]:
        """Find it by its name, which is made from the instance's id."""
        return [Found(name, of_task=True) for name in self._clouds.dns.find(context.owner.instance_id)]

    def remove(self, context: FlowContext, resource_id: str) -> None:  # noqa: ARG002 - an instance has one record
        """Delete it."""
        context.attempt(lambda: self._clouds.dns.delete(context.owner.instance_id))


class DeleteDnsRecord(DeleteStep):
    """The DNS record, by its name."""

    kind = "DNS record"
    role = "dns_record"

    def find(self) -> Sequence[str]:
        """Find it."""
        return self._clouds.dns.find(self._instance.instance_id)

    def remove(self, context: FlowContext, resource_id: str) -> None:  # noqa: ARG002 - an instance has one record
        """Delete it."""
        context.attempt(lambda: self._clouds.dns.delete(self._instance.instance_id))
