"""The DNS record."""

from collections.abc import Sequence

from trove_resources.clouds import Clouds
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import CreateStep, Found


class CreateDnsRecord(CreateStep):
    """Make the record of the user port's address, or of the server's where there is no port of ours."""

    kind = "DNS record"
    announces = "hostname"

    def __init__(self, clouds: Clouds, *, operation: str, addresses: Sequence[str] = ()) -> None:
        super().__init__(f"{operation}/dns_record/create", "make the DNS record", provides="hostname")
        self._clouds, self._addresses = clouds, tuple(addresses)

    def execute(
        self, context: FlowContext, user_port_id: str | None = None, server_addresses: list[str] | None = None
    ) -> str | None:
        """Return the record's name."""
        instance_id = context.owner.instance_id

        def create() -> str:
            self._clouds.dns.create(instance_id, self._candidates(context, user_port_id, server_addresses or []))
            return self._clouds.dns.hostname(instance_id) or ""

        return self.find_or_create(context, create)

    def find(self, context: FlowContext) -> Sequence[Found]:
        """Find it by its name, which is made from the instance's id."""
        return [Found(name, of_task=True) for name in self._clouds.dns.find(context.owner.instance_id)]

    def remove(self, context: FlowContext, resource_id: str) -> None:  # noqa: ARG002 - an instance has one record
        """Delete it."""
        context.attempt(lambda: self._clouds.dns.delete(context.owner.instance_id))

    def _candidates(self, context: FlowContext, user_port_id: str | None, server: list[str]) -> Sequence[str]:
        if self._addresses:
            return self._addresses
        if user_port_id is None:
            return server
        ports = self._clouds.network.find_ports(context.owner.instance_id)
        fixed = [address for port in ports if port.id == user_port_id for _, address in port.addresses]
        floating = [each.address for each in self._clouds.network.find_floating_ips([user_port_id])]
        return fixed + floating
