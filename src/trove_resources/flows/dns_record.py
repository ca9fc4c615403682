"""The DNS record, created and deleted by Trove's driver: the same for every resource manager."""

from collections.abc import Sequence
from typing import Any

from trove_resources.clouds import Clouds
from trove_resources.flows.context import FlowContext
from trove_resources.flows.delete import DeleteStep, Resource
from trove_resources.flows.step import CreateStep, Found
from trove_resources.kinds import ResourceKind


class CreateDnsRecord(CreateStep[str | None]):
    """Create the record for an address of the user port, or of the server where there is no port of ours."""

    kind = ResourceKind.DNS_RECORD
    announces = "hostname"

    def __init__(self, clouds: Clouds) -> None:
        super().__init__("provision/dns_record/create", "create the DNS record", provides="hostname")
        self._clouds = clouds

    def execute(
        self,
        context: FlowContext,
        user_port: dict[str, Any] | None = None,
        floating_address: str | None = None,
        server_addresses: list[str] | None = None,
    ) -> str | None:
        """Return the record's name. An existing record is taken over: its name has the instance's id."""
        context.check_stop()
        fixed = [address for _, address in user_port["addresses"]] if user_port else server_addresses or []
        addresses = [*fixed, *([floating_address] if floating_address else [])]
        context.attempt(lambda: self._clouds.dns.create(context.owner.instance_id, addresses))
        return self._clouds.dns.hostname(context.owner.instance_id)

    def find(self, context: FlowContext, **_: object) -> Sequence[Found[str | None]]:
        """Find it by its name."""
        return [Found(name, of_task=True, value=name) for name in self._clouds.dns.find(context.owner.instance_id)]

    def remove(self, context: FlowContext, resource_id: str) -> None:  # noqa: ARG002 - an instance has one record
        """Delete it."""
        context.attempt(lambda: self._clouds.dns.delete(context.owner.instance_id))


class DeleteDnsRecord(DeleteStep):
    """Delete the DNS record, found by its name."""

    kind = ResourceKind.DNS_RECORD
    role = "dns_record"
    plural = "DNS records"

    def find(self) -> Sequence[Resource]:
        """Find it."""
        return [Resource(self.kind, name) for name in self._clouds.dns.find(self._instance.instance_id)]

    def remove(self, context: FlowContext, resource: Resource) -> None:  # noqa: ARG002 - an instance has one record
        """Delete it."""
        context.attempt(lambda: self._clouds.dns.delete(self._instance.instance_id))
