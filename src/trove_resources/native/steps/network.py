"""Security group, rules, ports, floating IP."""

from collections.abc import Sequence
from typing import Any

from trove_resources.clouds.network import Network
from trove_resources.errors import InvalidSpecError, ResourceInUseError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import CreateStep, Found, Step
from trove_resources.inventory import FloatingIp, Port
from trove_resources.rules import rule_key
from trove_resources.settings import Settings
from trove_resources.spec import PortSpec, RuleSpec, SecurityGroupSpec


class CreateSecurityGroup(CreateStep):
    """Create the instance's security group."""

    kind = "security group"

    def __init__(self, network: Network, spec: SecurityGroupSpec) -> None:
        super().__init__("provision/security_group/create", "create the security group", provides="security_group_id")
        self._network, self._spec = network, spec

    def execute(self, context: FlowContext) -> str:
        """Return the group's id."""
        return self.find_or_create(context, lambda: self._network.create_security_group(self._spec.name, context.owner))

    def find(self, context: FlowContext) -> Sequence[Found]:
        """Find it by its name, which has the instance's id."""
        groups = self._network.find_security_groups(self._spec.name)
        return [Found(group.id, context.owner.task_note in group.description) for group in groups]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it with its rules."""
        context.ensure_gone(lambda: self._network.delete_security_group(resource_id))


class CreateRules(Step):
    """Let in whom the spec says. The rules go with their group."""

    def __init__(self, network: Network, spec: SecurityGroupSpec) -> None:
        super().__init__("provision/security_group/rules", "let clients in", requires=["security_group_id"])
        self._network, self._spec = network, spec

    def execute(self, context: FlowContext, security_group_id: str) -> None:
        """Create the rules; of those that are there from an earlier attempt, none twice."""
        context.check_stop()

        def create() -> None:
            try:
                self._network.create_rules(security_group_id, self._spec.rules, context.owner)
            except ResourceInUseError:
                missing = self._missing(security_group_id)
                if missing:
                    self._network.create_rules(security_group_id, missing, context.owner)

        if self._spec.rules:
            context.attempt(create)

    def _missing(self, security_group_id: str) -> Sequence[RuleSpec]:
        groups = self._network.find_security_groups(self._spec.name)
        rules = [rule for group in groups if group.id == security_group_id for rule in group.rules]
        have = {rule_key(rule) for rule in rules}
        wanted = {rule_key(rule): rule for rule in self._spec.rules}
        return [rule for key, rule in wanted.items() if key not in have]


def plain_port(port: Port) -> dict[str, object]:
    """Return what other steps need to know of a port, as plain JSON."""
    return {"id": port.id, "mac_address": port.mac_address, "addresses": [list(each) for each in port.addresses]}


class CreatePort(CreateStep):
    """Create the user or the management port.

    Provides ``<role>_port``: ``{"id", "mac_address", "addresses"}``, the latter pairs of a subnet's id and an address.
    """

    kind = "port"

    def __init__(self, network: Network, spec: PortSpec) -> None:
        super().__init__(
            f"provision/{spec.role}_port/create", f"create the {spec.role} port", provides=f"{spec.role}_port"
        )
        self._network, self._spec = network, spec
        self._ports: dict[str, Port] = {}

    def execute(self, context: FlowContext, security_group_id: str | None = None) -> dict[str, object]:
        """Return what others need to know of the port."""
        own = [security_group_id] if security_group_id and self._spec.own_group else []
        groups = [*own, *self._spec.security_group_ids]

        def create() -> str:
            return self._see(self._network.create_port(self._spec, context.owner, groups)).id

        return plain_port(self._ports[self.find_or_create(context, create)])

    def find(self, context: FlowContext) -> Sequence[Found]:
        """Find it by its description: both ports have the same name."""
        return [
            Found(self._see(port).id, context.owner.task_note in port.description)
            for port in self._network.find_ports(context.owner.instance_id)
            if port.role == self._spec.role
        ]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it."""
        context.ensure_gone(lambda: self._network.delete_port(resource_id))

    def _see(self, port: Port) -> Port:
        self._ports[port.id] = port
        return port


class CheckRouter(Step):
    """Refuse a user network nobody could reach."""

    def __init__(self, network: Network) -> None:
        super().__init__("provision/user_port/router", "look for the user network's router", requires=["user_port"])
        self._network = network

    def execute(self, context: FlowContext, user_port: dict[str, Any]) -> None:
        """Raise InvalidSpecError when the port's subnet is behind no router."""
        subnets = [subnet_id for subnet_id, _ in user_port["addresses"]]
        if subnets and not context.attempt(lambda: self._network.has_router(subnets[0])):
            raise InvalidSpecError("nics", f"subnet {subnets[0]} is not associated with a router")


class CreateFloatingIp(CreateStep):
    """Create a floating IP of the tenant's on the user port. Provides its address."""

    kind = "floating IP"

    def __init__(self, network: Network, settings: Settings, project_id: str, *, operation: str = "provision") -> None:
        super().__init__(
            f"{operation}/floating_ip/create",
            "create the floating IP",
            provides="floating_address",
            requires=["user_port"],
        )
        self._network, self._settings, self._project_id = network, settings, project_id
        self._port_id = ""
        self._addresses: dict[str, str] = {}

    def execute(self, context: FlowContext, user_port: dict[str, Any]) -> str:
        """Return the floating IP's address."""
        network_id = self._settings.public_network_id or context.attempt(self._network.public_network_id)
        if network_id is None:
            raise InvalidSpecError("access.is_public", "the cloud has no external network")
        self._port_id = user_port["id"]

        def create() -> str:
            made = self._network.create_floating_ip(
                network_id=network_id, port_id=self._port_id, project_id=self._project_id, owner=context.owner
            )
            return self._see(made).id

        return self._addresses[self.find_or_create(context, create)]

    def find(self, context: FlowContext) -> Sequence[Found]:
        """Find it by its port, which is the instance's and nobody else's."""
        port_ids = [self._port_id] if self._port_id else []
        port_ids = port_ids or [port.id for port in self._network.find_ports(context.owner.instance_id)]
        return [
            Found(self._see(each).id, context.owner.task_note in each.description)
            for each in self._network.find_floating_ips(port_ids)
        ]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it."""
        context.ensure_gone(lambda: self._network.delete_floating_ip(resource_id))

    def _see(self, floating_ip: FloatingIp) -> FloatingIp:
        self._addresses[floating_ip.id] = floating_ip.address
        return floating_ip
