"""Steps that change the rules of the security group: Heat gets the old and new rules first, then only the new ones."""

from typing import Any

from trove_resources.clouds import rows
from trove_resources.clouds.orchestration import StackRef
from trove_resources.clouds.service import Json
from trove_resources.errors import InvalidSpecError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.flows.step import Step
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator import stack_update
from trove_resources.orchestrator.access_update import CLOSE, OPEN, RELEASE, update_of
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change, names, network, rules
from trove_resources.rules import of_database, rule_key, wanted
from trove_resources.spec import AccessSpec


class ReadRules(Step):
    """Read the rules of the security group, and determine the new ones. Rules that operators created by hand stay.

    Provides ``access_rules``: ``{"former", "union", "wanted"}``, each in the form of a template; empty if the rules
    stay as they are, or the instance has no security group.
    """

    kind = ResourceKind.SECURITY_GROUP

    def __init__(self, stacks: Stacks, access: AccessSpec) -> None:
        super().__init__(
            "update_access/security_group/read",
            "read the security group",
            requires=["stack_path", "former_template"],
            provides="access_rules",
        )
        self._stacks, self._access = stacks, access

    def execute(self, context: FlowContext, stack_path: str, former_template: dict[str, Any]) -> dict[str, Any]:
        """Return the old and the new rules. Raises ResourceFailedError if the security group is missing."""
        context.check_stop()
        if self._access.cidrs is None or names.SECURITY_GROUP not in former_template["resources"]:
            return {}
        shown = self._shown(context, StackRef.of(stack_path))
        database = of_database(rows.security_group(shown).rules, self._access)
        keys = {rule.id: rule_key(rule) for rule in database}
        live = {row["id"]: rules.of_row(row) for row in shown["security_group_rules"] if not rules.is_default(row)}
        # The template's own rules, if they are equal: an undo then restores the same template.
        in_template = change.properties(former_template, names.SECURITY_GROUP).get("rules", [])
        former = in_template if rules.are_equal(in_template, live.values()) else [*live.values()]
        note = context.owner.task_note
        new = {rule_key(each): network.rule(each, note) for each in wanted(database, self._access)}
        unchanged = {keys[id_]: rule for id_, rule in live.items() if id_ in keys and keys[id_] in new}
        by_hand = [rule for id_, rule in live.items() if id_ not in keys]
        final = [*by_hand, *{**new, **unchanged}.values()]
        return {"former": former, "wanted": final, "union": rules.union(live.values(), final)}

    def _shown(self, context: FlowContext, ref: StackRef) -> Json:
        heat = self._stacks.heat
        found = context.attempt(lambda: heat.resource(ref, names.SECURITY_GROUP, attributes=["show"]))
        shown: Json | None = found.attributes.get("show")
        if not shown:
            raise ResourceFailedError(
                kind=self.kind,
                resource_id=found.physical_id or ref.name,
                status="not found",
                fault="it was deleted; delete the instance, or restore a backup of it",
            )
        return shown


class OpenAccess(Step):
    """Add the new rules to the present ones, and add the floating IP."""

    kind = ResourceKind.SECURITY_GROUP

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
        """Return the template that the stack has now."""
        context.check_stop()
        template = former_template
        if access_rules:
            template = change.with_rules(template, access_rules["union"])
        if self._public:
            template = self._with_floating_ip(context, template)
        update = update_of(self._stacks, OPEN, former_template, template)
        stack_update.run(context, self._stacks, StackRef.of(stack_path), update)
        return template

    def revert(
        self,
        context: FlowContext,
        stack_path: str,
        former_template: dict[str, Any],
        access_rules: dict[str, Any],
        **_: object,
    ) -> None:
        """Restore the former rules, and the floating IP unless its deletion has begun."""
        ref, template = StackRef.of(stack_path), former_template
        if access_rules:
            template = change.with_rules(template, access_rules["former"])
        context.try_or_note(self.kind, ref.name, lambda: self._restore(context, ref, template))

    def _restore(self, context: FlowContext, ref: StackRef, template: Json) -> None:
        is_released = stack_update.has_begun(context, self._stacks, ref, RELEASE)
        if is_released:
            # Heat would create another floating IP, and forget this one.
            template = change.without_floating_ip(template)
        stack_update.restore(context, self._stacks, ref, template, OPEN, CLOSE, RELEASE, rollback=not is_released)

    def _with_floating_ip(self, context: FlowContext, template: Json) -> Json:
        if names.USER_PORT not in template["resources"]:
            raise InvalidSpecError("access.is_public", "a floating IP needs a user port, and the instance has none")
        floating_ip = network.floating_ip(
            context.owner,
            tenant_id=self._instance.tenant_id,
            public_network_id=self._stacks.settings.public_network_id,
        )
        return change.with_floating_ip(template, floating_ip)


class CloseAccess(Step):
    """Remove the rules that are not among the new ones."""

    kind = ResourceKind.SECURITY_GROUP

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
        """Return the template that the stack has now."""
        context.check_stop()
        template = change.with_rules(open_template, access_rules["wanted"]) if access_rules else open_template
        update = update_of(self._stacks, CLOSE, open_template, template)
        stack_update.run(context, self._stacks, StackRef.of(stack_path), update)
        return template
