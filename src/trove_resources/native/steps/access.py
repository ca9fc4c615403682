"""Who may reach a running instance. Rules are added before others go: no window is closed in between."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from trove_resources.clouds.network import Network
from trove_resources.errors import AmbiguousOwnerError, InvalidSpecError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.markers import security_group_name
from trove_resources.native.steps.network import plain_port
from trove_resources.rules import of_database, range_of, rule_key, wanted
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, PortRange, RuleSpec

Wanted = Sequence[Mapping[str, Any]]
"""Rules as plain JSON: the fields of RuleSpec."""


class ReadRules(Step):
    """Read the instance's security group, and say which rules there shall be.

    Provides ``access_rules``: ``{"group", "former", "wanted"}``, the latter two rules of the database's ports; empty
    when the instance has no group.
    """

    def __init__(self, network: Network, settings: Settings, instance: InstanceRef, access: AccessSpec) -> None:
        super().__init__("update_access/security_group/read", "read the security group", provides="access_rules")
        self._network, self._access = network, access
        self._name = security_group_name(settings.security_group_prefix, instance.instance_id)

    def execute(self, context: FlowContext) -> dict[str, Any]:
        """Return what is, and what shall be."""
        context.check_stop()
        if self._access.cidrs is None:
            return {}
        groups = context.attempt(lambda: self._network.find_security_groups(self._name))
        if not groups:
            return {}
        if len(groups) > 1:
            ids = [group.id for group in groups]
            raise AmbiguousOwnerError(kind="security group", owner=self._name, resource_ids=ids)
        group = groups[0]
        former = of_database(group.rules, self._access)
        return {
            "group": group.id,
            "former": [_plain(range_of(rule), str(rule.cidr)) for rule in former],
            "wanted": [asdict(rule) for rule in wanted(former, self._access)],
        }


class AddRules(Step):
    """Let in whom the new rules say."""

    def __init__(self, network: Network) -> None:
        super().__init__("update_access/security_group/add", "let clients in", requires=["access_rules"])
        self._network = network

    def execute(self, context: FlowContext, access_rules: dict[str, Any]) -> None:
        """Create the rules that are missing."""
        if access_rules:
            context.check_stop()
            add(context, self._network, access_rules["group"], access_rules["wanted"])

    def revert(self, context: FlowContext, access_rules: dict[str, Any], **_: object) -> None:
        """Let in nobody who was not before."""
        if access_rules:
            group, former = access_rules["group"], access_rules["former"]
            note = context.owner.task_note
            act = lambda: remove(context, self._network, group, access_rules["wanted"], former, only=note)  # noqa: E731
            context.try_or_note("security group", group, act)


class RemoveRules(Step):
    """Let in nobody the new rules do not say."""

    def __init__(self, network: Network) -> None:
        super().__init__("update_access/security_group/remove", "keep other clients out", requires=["access_rules"])
        self._network = network

    def execute(self, context: FlowContext, access_rules: dict[str, Any]) -> None:
        """Delete the rules that are not wanted."""
        if access_rules:
            context.check_stop()
            remove(context, self._network, access_rules["group"], access_rules["former"], access_rules["wanted"])

    def revert(self, context: FlowContext, access_rules: dict[str, Any], **_: object) -> None:
        """Let in again who was before."""
        if access_rules:
            group = access_rules["group"]
            act = lambda: add(context, self._network, group, access_rules["former"])  # noqa: E731
            context.try_or_note("security group", group, act)


class FindUserPort(Step):
    """Find the port a floating IP stands on. Provides ``user_port``, as its create does."""

    def __init__(self, network: Network, instance: InstanceRef) -> None:
        super().__init__("update_access/user_port/find", "find the user port", provides="user_port")
        self._network, self._instance_id = network, instance.instance_id

    def execute(self, context: FlowContext) -> dict[str, object]:
        """Return it; raise InvalidSpecError when there is none."""
        context.check_stop()
        ports = context.attempt(lambda: self._network.find_ports(self._instance_id))
        port = next((port for port in ports if port.role == "user"), None)
        if port is None:
            raise InvalidSpecError("access.is_public", "a floating IP needs a user port, and the instance has none")
        return plain_port(port)


class DeleteFloatingIps(Step):
    """Take the instance's floating IPs away, as the last step: an address that is given back may be gone."""

    def __init__(self, network: Network, instance: InstanceRef) -> None:
        super().__init__("update_access/floating_ip/delete", "delete the floating IP")
        self._network, self._instance = network, instance

    def execute(self, context: FlowContext) -> None:
        """Delete those of its user port."""
        context.check_stop()
        ports = context.attempt(lambda: self._network.find_ports(self._instance.instance_id))
        user = [port.id for port in ports if port.role == "user"]
        for each in context.attempt(lambda: self._network.find_floating_ips(user)):
            context.ensure_gone(lambda id_=each.id: self._network.delete_floating_ip(id_))  # type: ignore[misc]


def add(context: FlowContext, network: Network, group_id: str, rules: Wanted) -> None:
    """Create those of the rules that a group does not have: all of them, or none."""

    def create() -> None:
        have = {rule_key(rule) for rule in network.security_group(group_id).rules}
        missing = {rule_key(rule): rule for rule in map(_spec, rules) if rule_key(rule) not in have}
        if missing:
            network.create_rules(group_id, list(missing.values()), context.owner)

    context.attempt(create)


def remove(
    context: FlowContext, network: Network, group_id: str, unwanted: Wanted, kept: Wanted, *, only: str = ""
) -> None:
    """Delete the rules of a group that are among the first, and not among the second.

    Of them only those in whose description ``only`` is: somebody else may have made one that is wanted too.
    """
    keys = {rule_key(_spec(each)) for each in unwanted} - {rule_key(_spec(each)) for each in kept}
    for rule in context.attempt(lambda: network.security_group(group_id)).rules:
        if rule_key(rule) in keys and only in rule.description:
            context.ensure_gone(lambda rule_id=rule.id: network.delete_rule(rule_id))  # type: ignore[misc]


def _plain(ports: PortRange, cidr: str) -> dict[str, Any]:
    return {"protocol": ports.protocol, "port_min": ports.port_min, "port_max": ports.port_max, "cidr": cidr}


def _spec(rule: Mapping[str, Any]) -> RuleSpec:
    return RuleSpec(**rule)
