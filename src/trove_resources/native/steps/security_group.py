"""The security group and its rules: created, changed, deleted.

A change adds rules before it deletes others: a client that is allowed before and after is allowed all the time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from trove_resources.clouds.network import Network
from trove_resources.errors import AmbiguousOwnerError, ResourceInUseError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.delete import DeleteStep, Resource
from trove_resources.flows.step import CreateStep, Found, Step, found_id
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.markers import security_group_name
from trove_resources.rules import of_database, range_of, rule_key, wanted
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec, PortRange, RuleSpec, SecurityGroupSpec

PlainRules = Sequence[Mapping[str, Any]]
"""Rules as plain JSON: the fields of RuleSpec."""


class CreateSecurityGroup(CreateStep[str]):
    """Create the instance's security group. Provides ``security_group_id``."""

    kind = ResourceKind.SECURITY_GROUP

    def __init__(self, network: Network, spec: SecurityGroupSpec) -> None:
        super().__init__("provision/security_group/create", "create the security group", provides="security_group_id")
        self._network, self._spec = network, spec

    def execute(self, context: FlowContext) -> str:
        """Return the group's id."""
        return self.find_or_create(context, lambda: self._network.create_security_group(self._spec.name, context.owner))

    def find(self, context: FlowContext, **_: object) -> Sequence[Found[str]]:
        """Find it by its name, which has the instance's id."""
        groups = self._network.find_security_groups(self._spec.name)
        return [found_id(group.id, of_task=context.owner.task_note in group.description) for group in groups]

    def remove(self, context: FlowContext, resource_id: str) -> None:
        """Delete it with its rules."""
        context.ensure_gone(lambda: self._network.delete_security_group(resource_id))


class CreateRules(Step):
    """Create the rules of a new security group. They are deleted with their group."""

    kind = ResourceKind.SECURITY_GROUP

    def __init__(self, network: Network, spec: SecurityGroupSpec) -> None:
        super().__init__("provision/security_group/rules", "let clients in", requires=["security_group_id"])
        self._network, self._spec = network, spec

    def execute(self, context: FlowContext, security_group_id: str) -> None:
        """Create the rules, except those that an earlier attempt created."""
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
        wanted_rules = {rule_key(rule): rule for rule in self._spec.rules}
        return [rule for key, rule in wanted_rules.items() if key not in have]


class ReadRules(Step):
    """Read the security group of a running instance, and decide which rules it is to have.

    Provides ``access_rules``: ``{"group", "former", "wanted"}``, the latter two the rules for the database's ports;
    empty when the rules stay, or the instance has no group.
    """

    kind = ResourceKind.SECURITY_GROUP

    def __init__(self, network: Network, settings: Settings, instance: InstanceRef, access: AccessSpec) -> None:
        super().__init__("update_access/security_group/read", "read the security group", provides="access_rules")
        self._network, self._access = network, access
        self._name = security_group_name(settings.security_group_prefix, instance.instance_id)

    def execute(self, context: FlowContext) -> dict[str, Any]:
        """Return the present rules and the wanted ones."""
        context.check_stop()
        if self._access.cidrs is None:
            return {}
        groups = context.attempt(lambda: self._network.find_security_groups(self._name))
        if not groups:
            return {}
        if len(groups) > 1:
            ids = [group.id for group in groups]
            raise AmbiguousOwnerError(kind=ResourceKind.SECURITY_GROUP, owner=self._name, resource_ids=ids)
        group = groups[0]
        former = of_database(group.rules, self._access)
        return {
            "group": group.id,
            "former": [_plain(range_of(rule), str(rule.cidr)) for rule in former],
            "wanted": [asdict(rule) for rule in wanted(former, self._access)],
        }


class AddRules(Step):
    """Allow the clients of the new rules."""

    kind: ResourceKind = ResourceKind.SECURITY_GROUP

    def __init__(self, network: Network) -> None:
        super().__init__("update_access/security_group/add", "let clients in", requires=["access_rules"])
        self._network = network

    def execute(self, context: FlowContext, access_rules: dict[str, Any]) -> None:
        """Create the missing rules."""
        if access_rules:
            context.check_stop()
            add(context, self._network, access_rules["group"], access_rules["wanted"])

    def revert(self, context: FlowContext, access_rules: dict[str, Any], **_: object) -> None:
        """Delete the rules that this task created and that did not exist before."""
        if access_rules:
            group, former, note = access_rules["group"], access_rules["former"], context.owner.task_note
            undo = partial(remove, context, self._network, group, access_rules["wanted"], former, only=note)
            context.try_or_note(self.kind, group, undo)


class RemoveRules(Step):
    """Allow no other clients than those of the new rules."""

    kind: ResourceKind = ResourceKind.SECURITY_GROUP

    def __init__(self, network: Network) -> None:
        super().__init__("update_access/security_group/remove", "keep other clients out", requires=["access_rules"])
        self._network = network

    def execute(self, context: FlowContext, access_rules: dict[str, Any]) -> None:
        """Delete the rules that are no longer wanted."""
        if access_rules:
            context.check_stop()
            remove(context, self._network, access_rules["group"], access_rules["former"], access_rules["wanted"])

    def revert(self, context: FlowContext, access_rules: dict[str, Any], **_: object) -> None:
        """Create the former rules again."""
        if access_rules:
            group = access_rules["group"]
            context.try_or_note(self.kind, group, partial(add, context, self._network, group, access_rules["former"]))


class DeleteSecurityGroups(DeleteStep):
    """Delete the security group, found by its name."""

    kind = ResourceKind.SECURITY_GROUP
    role = "security_group"
    plural = "security groups"

    def find(self) -> Sequence[Resource]:
        """Find it."""
        name = security_group_name(self._settings.security_group_prefix, self._instance.instance_id)
        return [Resource(self.kind, group.id) for group in self._clouds.network.find_security_groups(name)]

    def remove(self, context: FlowContext, resource: Resource) -> None:
        """Delete it with its rules."""
        context.ensure_gone(lambda: self._clouds.network.delete_security_group(resource.id))


def add(context: FlowContext, network: Network, group_id: str, rules: PlainRules) -> None:
    """Create those of the rules that a group lacks: all of them, or none."""

    def create() -> None:
        have = {rule_key(rule) for rule in network.security_group(group_id).rules}
        missing = {rule_key(rule): rule for rule in map(_spec, rules) if rule_key(rule) not in have}
        if missing:
            network.create_rules(group_id, list(missing.values()), context.owner)

    context.attempt(create)


def remove(
    context: FlowContext, network: Network, group_id: str, unwanted: PlainRules, keep: PlainRules, *, only: str = ""
) -> None:
    """Delete the rules of a group that are in ``unwanted`` and not in ``keep``.

    With ``only``, just those whose description contains it: somebody else may have created an equal rule.
    """
    keys = {rule_key(_spec(each)) for each in unwanted} - {rule_key(_spec(each)) for each in keep}
    for rule in context.attempt(lambda: network.security_group(group_id)).rules:
        if rule_key(rule) in keys and only in rule.description:
            context.ensure_gone(partial(network.delete_rule, rule.id))


def _plain(ports: PortRange, cidr: str) -> dict[str, Any]:
    return {"protocol": ports.protocol, "port_min": ports.port_min, "port_max": ports.port_max, "cidr": cidr}


def _spec(rule: Mapping[str, Any]) -> RuleSpec:
    return RuleSpec(**rule)
