"""Checks of Heat: what it has, and what of it we use."""

from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from typing import Final

from oslo_upgradecheck.upgradecheck import Result

from trove_resources import markers
from trove_resources.cli.status import results
from trove_resources.cli.status.probe import Probe
from trove_resources.cli.status.site import Site
from trove_resources.clouds.orchestration import Orchestration, Stack
from trove_resources.errors import CloudError, ConfigurationError, ResourceNotFoundError
from trove_resources.orchestrator.template.names import PLUG_IN

Check = Callable[[Site], Result]

NEARLY: Final = 0.8
"""The part of the limit above which it is time to do something."""
SECURITY_GROUP: Final = "OS::Neutron::SecurityGroup"
_OURS: Final = (markers.ENGINE_TAG, markers.GROUP_TAG)


def _if_needed(check: Check) -> Check:
    """Make a check only for a resource manager that works through Heat; fail, with the reason, if Heat does not."""

    @wraps(check)
    def checked(site: Site) -> Result:
        if not site.needs_heat:
            return results.success(f"Not asked: resource_manager = {site.manager} does not need Heat.")
        try:
            return check(site)
        except (CloudError, ConfigurationError) as error:
            return results.failure(f"{error}. {results.REACH_HEAT}")

    return checked


@_if_needed
def stacks_can_be_made(site: Site) -> Result:
    """Make a stack, abandon it, adopt it, and delete it."""
    return Probe(site.heat, clock=site.clock, token=site.token, hands_over=site.manager == "migration").run()


@_if_needed
def rules(site: Site) -> Result:
    """Look whether a rule of a security group can say whose it is: that is what tells ours from an operator's."""
    rule = site.heat.type_properties(SECURITY_GROUP)["rules"]["schema"]["*"]["schema"]
    if "description" not in rule:
        return results.failure(
            f"The rules of this Heat's {SECURITY_GROUP} take no description: it is older than Heat 27, OpenStack"
            " 2026.2, and refuses the stack of an instance. Set resource_manager = native until Heat is upgraded."
        )
    return results.success(f"The rules of Heat's {SECURITY_GROUP} take a description.")


@_if_needed
def plug_in(site: Site) -> Result:
    """Look for the types of our plug-in of Heat."""
    versions = {name: _version(site.heat, name) for name in (PLUG_IN.server, PLUG_IN.volume)}
    missing = [name for name, version in versions.items() if version is None]
    if missing:
        return results.warning(
            f"Heat has no {' and no '.join(missing)}. Instances that are made so, and stay so, have no reboot, no"
            " migrate and no rebuild, and a resize is confirmed before the database was looked at on the new flavor."
            " Install trove-resources-heat on every host of heat-engine, name its folder in plugin_dirs, and restart"
            " heat-engine: docs/heat-plugin.md."
        )
    return results.success(f"{', '.join(f'{name} is of version {version}' for name, version in versions.items())}.")


@_if_needed
def types_of_stacks(site: Site) -> Result:
    """Look for stacks of ours that Heat cannot load any more, because a type of theirs is gone.

    Of such a stack Heat shows status, tags, template and events; it refuses to show its resources, and to update it; a
    delete it accepts, and never does. So the templates are asked for: a request a stack, answered from Heat's database.
    """
    heat, known = site.heat, set(site.heat.resource_types())
    using: dict[str, list[str]] = defaultdict(list)
    ours = [stack for stack in heat.every() if _is_ours(stack)]
    for stack in ours:
        for name in _types(heat, stack) - known:
            using[name].append(stack.ref.name)
    gone = {name: sorted(stacks) for name, stacks in sorted(using.items()) if _version(heat, name) is None}
    if gone:
        each = "; ".join(f"{name} ({results.some(stacks)})" for name, stacks in gone.items())
        return results.failure(
            f"Stacks of instances have types of resources that heat-engine has no more: {each}. Heat updates and"
            " deletes no such stack: install again on every host of heat-engine what had the types, and restart it:"
            " docs/heat-plugin.md."
        )
    return results.success(f"Heat has every type that the {len(ours)} stacks of instances use.")


@_if_needed
def number_of_stacks(site: Site) -> Result:
    """Count the stacks against the limit that Heat has for a project, which it tells nobody."""
    every = site.heat.every()
    limit = site.conf.trove_resources.stack_limit
    ours = sum(_is_ours(stack) for stack in every)
    told = f"The project of Trove's service user has {len(every)} stacks, {ours} of them trove-resources'"
    if limit < 0:
        return results.success(f"{told}; [trove_resources] stack_limit says that there is no limit.")
    told = f"{told}; [trove_resources] stack_limit says that Heat allows {limit}"
    advice = (
        " Raise max_stacks_per_tenant in heat.conf, 512 if it is not there, restart heat-engine, and set stack_limit"
        " to the same."
    )
    if len(every) >= limit:
        return results.failure(f"{told}: no instance can be made.{advice}")
    if len(every) > NEARLY * limit:
        return results.warning(f"{told}: soon no instance can be made.{advice}")
    return results.success(f"{told}.")


def _is_ours(stack: Stack) -> bool:
    return any(tag in stack.tags for tag in _OURS)


def _types(heat: Orchestration, stack: Stack) -> set[str]:
    """Return the types a stack's template names; of one that is gone meanwhile, none."""
    try:
        resources: dict[str, dict[str, str]] = heat.template(stack.ref).get("resources") or {}
    except ResourceNotFoundError:
        return set()
    return {each["type"] for each in resources.values()}


def _version(heat: Orchestration, name: str) -> str | None:
    """Return the version of a type, or None when Heat does not have it.

    A type that is not among those Heat lists may be there: hidden, or of a service that is not in the catalog.
    """
    try:
        return heat.type_version(name) or "unknown"
    except ResourceNotFoundError:
        return None
    except CloudError as error:
        if error.status == 400:  # noqa: PLR2004 - Heat's answer for a type that it has, and shows to nobody now
            return "unknown"
        raise
