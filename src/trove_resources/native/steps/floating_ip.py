"""The floating IP: created, given away, deleted."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from trove_resources.clouds.network import Network
from trove_resources.errors import InvalidSpecError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.delete import DeleteStep, Resource
from trove_resources.flows.step import CreateStep, Found, Step
from trove_resources.inventory import FloatingIp, InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings


class CreateFloatingIp(CreateStep[str]):
    """Create a floating IP for the user port, in the tenant's project. Provides ``floating_address``."""

    kind = ResourceKind.FLOATING_IP

    def __init__(self, network: Network, settings: Settings, project_id: str, *, operation: str = "provision") -> None:
        super().__init__(
            f"{operation}/floating_ip/create",
            "create the floating IP",
            provides="floating_address",
            requires=["user_port"],
        )
        self._network, self._settings, self._project_id = network, settings, project_id

    def execute(self, context: FlowContext, user_port: dict[str, Any]) -> str:
        """Return the floating IP's address."""
        network_id = self._settings.public_network_id or context.attempt(self._network.public_network_id)
        if network_id is None:
            raise InvalidSpecError("access.is_public", "the cloud has no external network")

        def create() -> str:
            return self._network.create_floating_ip(
                network_id=network_id, port_id=user_port["id"], project_id=self._project_id, owner=context.owner
            ).address

        return self.find_or_create(context, create, user_port=user_port)

    def find(self, context: FlowContext, **given: Any) -> Sequence[Found[str]]:
        """Find it by its port, which belongs to the instance alone."""
        return [
            Found(each.id, context.owner.task_note in each.description, each.address)
            for each in self._network.find_floating_ips([given["user_port"]["id"]])
        ]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it."""
        context.ensure_gone(lambda: self._network.delete_floating_ip(resource_id))


class RemoveFloatingIps(Step):
    """Delete the floating IPs of a running instance. The last step: an address that is released may be lost."""

    kind = ResourceKind.FLOATING_IP

    def __init__(self, network: Network, instance: InstanceRef) -> None:
        super().__init__("update_access/floating_ip/delete", "delete the floating IP")
        self._network, self._instance = network, instance

    def execute(self, context: FlowContext) -> None:
        """Delete those of its user port."""
        context.check_stop()
        ports = context.attempt(lambda: self._network.find_ports(self._instance.instance_id))
        user = [port.id for port in ports if port.role == "user"]
        for each in context.attempt(lambda: self._network.find_floating_ips(user)):
            context.ensure_gone(partial(self._network.delete_floating_ip, each.id))


class DeleteFloatingIps(DeleteStep):
    """Delete the floating IPs of the instance's ports, whoever owns them, and those that lost their port."""

    kind = ResourceKind.FLOATING_IP
    role = "floating_ip"
    plural = "floating IPs"

    def find(self) -> Sequence[Resource]:
        """Find them by the ports, and those without a port by their description."""
        network, instance = self._clouds.network, self._instance
        ports = [port.id for port in network.find_ports(instance.instance_id)]
        strays = network.find_stray_floating_ips(instance.instance_id, instance.tenant_id)
        found: list[FloatingIp] = [*network.find_floating_ips(ports), *strays]
        return [Resource(self.kind, floating_ip.id) for floating_ip in found]

    def remove(self, context: FlowContext, resource: Resource) -> None:
        """Delete one."""
        context.ensure_gone(lambda: self._clouds.network.delete_floating_ip(resource.id))
