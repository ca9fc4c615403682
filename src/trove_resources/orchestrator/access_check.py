"""The rules as Neutron has them, compared with the rules that an operation, or its undo, should have left."""

from typing import NamedTuple

from trove_resources.clouds.orchestration import StackRef
from trove_resources.clouds.service import Json
from trove_resources.errors import DeadlineExceededError, ResourceFailedError
from trove_resources.flows.context import FlowContext
from trove_resources.orchestrator import following, recovery
from trove_resources.orchestrator.stacks import Stacks
from trove_resources.orchestrator.template import change, names, rules
from trove_resources.orchestrator.template.change import Rules


class _Difference(NamedTuple):
    """The rules of a group, and what is wrong with them."""

    group_id: str
    live: list[Json]
    stray: list[Json]
    """Rules that should be gone. Those that somebody created by hand in the meantime are not among them."""
    missing: list[Json]


def shown(context: FlowContext, stacks: Stacks, ref: StackRef) -> Json:
    """Return the security group as Neutron shows it. Raises ResourceFailedError if it was deleted."""
    found = context.attempt(lambda: stacks.heat.resource(ref, names.SECURITY_GROUP, attributes=["show"]))
    group: Json | None = found.attributes.get("show")
    if not group:
        fault = "it was deleted; delete the instance, or restore a backup of it"
        id_ = found.physical_id or ref.name
        raise following.resource_error(names.SECURITY_GROUP, id_, status="not found", fault=fault)
    return group


def ensure(context: FlowContext, stacks: Stacks, ref: StackRef, wanted: Rules, both: Rules) -> None:
    """Correct rules that differ from the wanted ones; ``both`` are all rules that the operation was about.

    Heat compares templates, not rules: after a request whose answer was lost, its rollback finds nothing to do. So the
    template gets the present rules first. Raises ResourceFailedError that names the networks that can still connect.
    """
    found = _compare(context, stacks, ref, wanted, both)
    if not (found.stray or found.missing):
        return
    context.tell("waiting", f"the rules of security group {found.group_id} to be corrected")
    template, strays = stacks.template(context, ref), {rules.key(each) for each in found.stray}
    by_hand = [each for each in found.live if rules.key(each) not in strays | {rules.key(rule) for rule in wanted}]
    cause = ""
    try:
        recovery.recover(context, stacks, ref, change.with_rules(template, found.live))
        recovery.recover(context, stacks, ref, change.with_rules(template, [*wanted, *by_hand]))
    except (ResourceFailedError, DeadlineExceededError) as error:
        cause = f": {error}"
    left = _compare(context, stacks, ref, wanted, both)
    if left.stray or left.missing or cause:
        fault = f"it still lets in {_networks(left.stray)}, and does not let in {_networks(left.missing)}{cause}"
        raise following.resource_error(names.SECURITY_GROUP, left.group_id, status="not as wanted", fault=fault)


def _compare(context: FlowContext, stacks: Stacks, ref: StackRef, wanted: Rules, both: Rules) -> _Difference:
    group = shown(context, stacks, ref)
    live = [rules.of_row(row) for row in group["security_group_rules"] if not rules.is_default(row)]
    keys, keep = {rules.key(each) for each in live}, {rules.key(each) for each in wanted}
    unwanted = {rules.key(each) for each in both} - keep
    stray = [each for each in live if rules.key(each) in unwanted]
    return _Difference(str(group["id"]), live, stray, [each for each in wanted if rules.key(each) not in keys])


def _networks(found: Rules) -> str:
    return ", ".join(sorted({str(each.get("remote_ip_prefix") or "everybody") for each in found})) or "nobody else"
