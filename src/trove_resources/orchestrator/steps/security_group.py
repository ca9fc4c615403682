"""Who may reach a running instance. Heat is given all rules, old and new, before it is given the new ones alone."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from trove_resources.clouds import rows
from trove_resources.clouds.orchestration import StackRef
from trove_resources.clouds.service import Json
from trove_resources.errors import InvalidSpecError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.orchestrator import stack_update
from trove_resources.orchestrator.stack_update import Update
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change, names, network
from trove_resources.rules import of_database, rule_key, wanted
from trove_resources.spec import AccessSpec

RULES = ("resources", names.SECURITY_GROUP, "properties", "rules")
FLOATING_IP = (("resources", names.FLOATING_IP), ("outputs", "floating_address"))
OPEN, CLOSE, RELEASE = WHATS = ("open", "close", "release")
"""The updates there are, one after the other."""
_OF_RULE = (
    "direction",
    "ethertype",
    "protocol",
    "port_range_min",
    "port_range_max",
    "remote_ip_prefix",
    "remote_group_id",
    "description",
)


class ReadRules(Step):
    """Read the security group, and say which rules there shall be: those operators made by hand stay.

    Provides ``access_rules``: ``{"former", "union", "wanted"}``, each as a template has them; empty where nothing of
    it is to change, or the instance has no group.
    """

    def __init__(self, stacks: Stacks, access: AccessSpec) -> None:
        super().__init__(
            "update_access/security_group/read",
            "read the security group",
            requires=["stack_path", "former_template"],
            provides="access_rules",
        )
        self._stacks, self._access = stacks, access

    def execute(self, context: FlowContext, stack_path: str, former_template: dict[str, Any]) -> dict[str, Any]:
        """Return what is, and what shall be."""
        context.check_stop()
        if self._access.cidrs is None or names.SECURITY_GROUP not in former_template["resources"]:
            return {}
        heat, ref = self._stacks.heat, StackRef.of(stack_path)
        found = context.attempt(lambda: heat.resource(ref, names.SECURITY_GROUP, attributes=["show"]))
        shown = found.attributes.get("show")
        if not shown:
            fault = "it is gone; delete the instance, or restore a backup of it"
            name = found.physical_id or ref.name
            raise ResourceFailedError(kind="security group", resource_id=name, status="not there", fault=fault)
        group = rows.security_group(shown)
        database = of_database(group.rules, self._access)
        of_it = {rule.id: rule_key(rule) for rule in database}
        live = {row["id"]: _plain(row) for row in shown["security_group_rules"] if not _is_default(row)}
        # As the template has them, if that says the same: then it is the same template again.
        in_template = change.properties(former_template, names.SECURITY_GROUP).get("rules", [])
        former = in_template if _same(in_template, [*live.values()]) else [*live.values()]
        note = context.owner.task_note
        new = {rule_key(each): network.rule(each, note) for each in wanted(database, self._access)}
        kept = {of_it[id_]: rule for id_, rule in live.items() if id_ in of_it and of_it[id_] in new}
        by_hand = [rule for id_, rule in live.items() if id_ not in of_it]
        final = [*by_hand, *{**new, **kept}.values()]
        return {"former": former, "wanted": final, "union": _union(live.values(), final)}


class OpenAccess(Step):
    """Let in whom the new rules say, beside those that may come now, and give the floating IP."""

    def __init__(self, stacks: Stacks, instance: InstanceRef, *, public: bool) -> None:
        super().__init__(
            "update_access/security_group/add",
            "let clients in",
            requires=["stack_path", "former_template", "access_rules"],
            provides="open_template",
        )
        self._stacks, self._instance, self._public = stacks, instance, public

    def execute(
        self, context: FlowContext, stack_path: str, former_template: dict[str, Any], access_rules: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the template the stack has then."""
        context.check_stop()
        template = former_template
        if access_rules:
            template = change.with_rules(template, access_rules["union"])
        if self._public:
            template = self._with_floating_ip(context, template)
        _update(context, self._stacks, stack_path, _Change(OPEN, former_template, template))
        return template

    def revert(
        self,
        context: FlowContext,
        stack_path: str,
        former_template: dict[str, Any],
        access_rules: dict[str, Any],
        **_: object,
    ) -> None:
        """Let in nobody who was not before, and whoever was."""
        ref, template = StackRef.of(stack_path), former_template
        if access_rules:
            template = change.with_rules(template, access_rules["former"])
        context.try_or_note("security group", ref.name, lambda: self._take_back(context, ref, template))

    def _take_back(self, context: FlowContext, ref: StackRef, template: Json) -> None:
        given_away = stack_update.has_begun(context, self._stacks, ref, RELEASE)
        if given_away:
            # Heat would make another floating IP, and forget this one.
            template = change.with_floating_ip(template, None)
        stack_update.take_back(context, self._stacks, ref, template, *WHATS, rollback=not given_away)

    def _with_floating_ip(self, context: FlowContext, template: Json) -> Json:
        if names.port("user") not in template["resources"]:
            raise InvalidSpecError("access.is_public", "a floating IP needs a user port, and the instance has none")
        floating_ip = network.floating_ip(
            context.owner,
            tenant_id=self._instance.tenant_id,
            public_network_id=self._stacks.settings.public_network_id,
        )
        return change.with_floating_ip(template, floating_ip)


class CloseAccess(Step):
    """Let in nobody the new rules do not say."""

    def __init__(self, stacks: Stacks) -> None:
        super().__init__(
            "update_access/security_group/remove",
            "keep other clients out",
            requires=["stack_path", "open_template", "access_rules"],
            provides="closed_template",
        )
        self._stacks = stacks

    def execute(
        self, context: FlowContext, stack_path: str, open_template: dict[str, Any], access_rules: dict[str, Any]
    ) -> dict[str, Any]:
        """Return the template the stack has then."""
        context.check_stop()
        template = change.with_rules(open_template, access_rules["wanted"]) if access_rules else open_template
        _update(context, self._stacks, stack_path, _Change(CLOSE, open_template, template))
        return template


class RemoveFloatingIp(Step):
    """Take the floating IP away, as the last step: an address that is given back may be gone."""

    def __init__(self, stacks: Stacks) -> None:
        super().__init__(
            "update_access/floating_ip/delete", "delete the floating IP", requires=["stack_path", "closed_template"]
        )
        self._stacks = stacks

    def execute(self, context: FlowContext, stack_path: str, closed_template: dict[str, Any]) -> None:
        """Update the stack to one without it."""
        context.check_stop()
        template = change.with_floating_ip(closed_template, None)
        update = _update_of(self._stacks, _Change(RELEASE, closed_template, template), rollback=False)
        stack_update.run_forward(context, self._stacks, StackRef.of(stack_path), update)


class _Change(NamedTuple):
    what: str
    before: Json
    after: Json


def _update(context: FlowContext, stacks: Stacks, stack_path: str, change_: _Change) -> None:
    stack_update.run(context, stacks, StackRef.of(stack_path), _update_of(stacks, change_))


def _update_of(stacks: Stacks, change_: _Change, *, rollback: bool = True) -> Update:
    return Update(
        what=change_.what,
        before=change_.before,
        template=change_.after,
        allowed=(RULES, *FLOATING_IP),
        seconds=stacks.settings.access_seconds,
        rollback=rollback,
    )


def _plain(row: Mapping[str, Any]) -> Json:
    """Return a rule that Neutron shows, as a template has it."""
    rule = {name: row.get(name) for name in _OF_RULE if row.get(name) is not None}
    return {**rule, "remote_mode": "remote_group_id"} if "remote_group_id" in rule else rule


def _is_default(row: Mapping[str, Any]) -> bool:
    """Say whether a rule is one of the two that Neutron makes with a group: Heat sees to them itself."""
    about = ("protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "remote_group_id")
    return row["direction"] == "egress" and not any(row.get(name) for name in about)


def _same(rules: list[Json], others: list[Json]) -> bool:
    """Say whether rules are the same, in whatever order."""
    one, other = (sorted(sorted(map(str, _plain(each).items())) for each in both) for both in (rules, others))
    return one == other


def _union(live: Any, final: list[Json]) -> list[Json]:
    rules = list(live)
    return [*rules, *(rule for rule in final if rule not in rules)]
