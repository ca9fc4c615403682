"""The user port and the management port: created, checked, found, deleted."""

from collections.abc import Sequence
from typing import Any

from trove_resources.clouds.network import Network
from trove_resources.errors import InvalidSpecError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.delete import DeleteStep, Resource
from trove_resources.flows.step import CreateStep, Found, Step
from trove_resources.inventory import InstanceRef, Port
from trove_resources.kinds import ResourceKind
from trove_resources.spec import PortSpec

PlainPort = dict[str, Any]
"""A port as plain JSON: ``{"id", "mac_address", "addresses"}``, the latter pairs of a subnet's id and an address."""


class CreatePort(CreateStep[PlainPort]):
    """Create the user port or the management port. Provides ``<role>_port``, a :data:`PlainPort`."""

    def __init__(self, network: Network, spec: PortSpec) -> None:
        super().__init__(
            f"provision/{spec.role}_port/create", f"create the {spec.role} port", provides=f"{spec.role}_port"
        )
        self._network, self._spec = network, spec
        self.kind = ResourceKind.of_port(spec.role)

    def execute(self, context: FlowContext, security_group_id: str | None = None) -> PlainPort:
        """Return the port."""
        own = [security_group_id] if security_group_id and self._spec.own_group else []
        groups = [*own, *self._spec.security_group_ids]
        return self.find_or_create(
            context, lambda: _plain(self._network.create_port(self._spec, context.owner, groups))
        )

    def find(self, context: FlowContext, **_: object) -> Sequence[Found[PlainPort]]:
        """Find it by its description: both ports have the same name."""
        return [
            Found(port.id, context.owner.task_note in port.description, _plain(port))
            for port in self._network.find_ports(context.owner.instance_id)
            if port.role == self._spec.role
        ]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it."""
        context.ensure_gone(lambda: self._network.delete_port(resource_id))


class CheckRouter(Step):
    """Refuse a user network that no client could reach."""

    kind = ResourceKind.USER_PORT

    def __init__(self, network: Network) -> None:
        super().__init__("provision/user_port/router", "look for the user network's router", requires=["user_port"])
        self._network = network

    def execute(self, context: FlowContext, user_port: PlainPort) -> None:
        """Raise InvalidSpecError when the port's subnet is connected to no router."""
        subnets = [subnet_id for subnet_id, _ in user_port["addresses"]]
        if subnets and not context.attempt(lambda: self._network.has_router(subnets[0])):
            raise InvalidSpecError("nics", f"subnet {subnets[0]} is not connected to a router")


class FindUserPort(Step):
    """Find the port for a floating IP. Provides ``user_port``, as :class:`CreatePort` does."""

    kind = ResourceKind.USER_PORT

    def __init__(self, network: Network, instance: InstanceRef) -> None:
        super().__init__("update_access/user_port/find", "find the user port", provides="user_port")
        self._network, self._instance_id = network, instance.instance_id

    def execute(self, context: FlowContext) -> PlainPort:
        """Return it. Raises InvalidSpecError when the instance has none."""
        context.check_stop()
        ports = context.attempt(lambda: self._network.find_ports(self._instance_id))
        port = next((port for port in ports if port.role == "user"), None)
        if port is None:
            raise InvalidSpecError("access.is_public", "a floating IP needs a user port, and the instance has none")
        return _plain(port)


class DeletePorts(DeleteStep):
    """Delete the ports, found by their name."""

    kind = ResourceKind.PORT
    role = "port"
    plural = "ports"

    def find(self) -> Sequence[Resource]:
        """Find them."""
        found = self._clouds.network.find_ports(self._instance.instance_id)
        return [Resource(ResourceKind.of_port(port.role), port.id) for port in found]

    def remove(self, context: FlowContext, resource: Resource) -> None:
        """Delete one."""
        context.ensure_gone(lambda: self._clouds.network.delete_port(resource.id))


def _plain(port: Port) -> PlainPort:
    return {"id": port.id, "mac_address": port.mac_address, "addresses": [list(each) for each in port.addresses]}
