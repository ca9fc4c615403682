"""Checks of Heat."""

from collections import defaultdict
from typing import Final

from oslo_upgradecheck.upgradecheck import Result

from trove_resources import markers
from trove_resources.cli.status import results
from trove_resources.cli.status.probe import Probe
from trove_resources.cli.status.site import Site
from trove_resources.clouds.orchestration import Orchestration, Stack
from trove_resources.errors import CloudError, ResourceNotFoundError
from trove_resources.orchestrator.template.names import PLUG_IN

NEARLY: Final = 0.8
"""The share of the limit above which the number of stacks is a warning."""
SECURITY_GROUP: Final = "OS::Neutron::SecurityGroup"
_OURS: Final = (markers.ENGINE_TAG, markers.GROUP_TAG)


def stacks_can_be_made(site: Site) -> Result:
    """Create a stack, abandon it, adopt it, and delete it."""
    return Probe(
        site.heat, clock=site.clock, token=site.token, needs_adopt_and_abandon=site.needs_adopt_and_abandon
    ).run()


def rules(site: Site) -> Result:
    """Check whether rules of a security group have a description: it distinguishes our rules from an operator's."""
    rule = site.heat.type_properties(SECURITY_GROUP)["rules"]["schema"]["*"]["schema"]
    if "description" not in rule:
        return results.failure(
            f"Rules of {SECURITY_GROUP} have no description in this Heat: it is older than Heat 27 (OpenStack 2026.2),"
            " and rejects the stack of an instance. Set resource_manager = native until Heat is upgraded."
        )
    return results.success(f"Rules of {SECURITY_GROUP} have a description.")


def plug_in(site: Site) -> Result:
    """Check whether Heat has the resource types of our plug-in."""
    versions = {name: _version(site.heat, name) for name in (PLUG_IN.server, PLUG_IN.volume)}
    missing = [name for name, version in versions.items() if version is None]
    if missing:
        return results.warning(
            f"Heat has no {' and no '.join(missing)}. Instances created without them can never be rebooted, migrated or"
            " rebuilt, and their resizes are confirmed before the database has been checked on the new flavor. Install"
            " trove-resources-heat on every host of heat-engine, add its directory to plugin_dirs, and restart"
            " heat-engine; `python -m trove_resources_heat` prints the directory."
        )
    return results.success(f"{', '.join(f'{name} has version {version}' for name, version in versions.items())}.")


def types_of_stacks(site: Site) -> Result:
    """Check for stacks of ours that use a resource type that heat-engine no longer has.

    Heat still shows the status, tags, template and events of such a stack. It refuses to show its resources and to
    update it; it accepts a delete and never carries it out. So the templates are read: one request per stack, which
    Heat answers from its database.
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
            f"Stacks of instances use resource types that heat-engine no longer has: {each}. Heat cannot update or"
            " delete these stacks. Reinstall the plug-in that provides the types on every host of heat-engine, and"
            " restart heat-engine; `python -m trove_resources_heat` prints the directory."
        )
    return results.success(f"Heat has every resource type that our stacks use. Stacks checked: {len(ours)}.")


def number_of_stacks(site: Site) -> Result:
    """Compare the number of stacks with Heat's limit for a project, which Heat does not disclose."""
    limit = site.conf.trove_resources.stack_limit
    every = site.heat.every()
    ours = sum(_is_ours(stack) for stack in every)
    counted = f"The project of Trove's service user has {len(every)} stacks, {ours} of them created by trove-resources"
    if limit < 0:
        return results.success(f"{counted}. There is no limit ([trove_resources] stack_limit = {limit}).")
    counted = f"{counted}. The limit is {limit} ([trove_resources] stack_limit)"
    advice = (
        "Raise max_stacks_per_tenant in heat.conf (512 by default), restart heat-engine, and set stack_limit to the"
        " same value."
    )
    if len(every) >= limit:
        return results.failure(f"{counted}: no instance can be created. {advice}")
    if len(every) > NEARLY * limit:
        return results.warning(f"{counted}: soon no instance can be created. {advice}")
    return results.success(f"{counted}.")


def _is_ours(stack: Stack) -> bool:
    return any(tag in stack.tags for tag in _OURS)


def _types(heat: Orchestration, stack: Stack) -> set[str]:
    """Return the resource types in a stack's template; none if the stack has been deleted meanwhile."""
    try:
        resources: dict[str, dict[str, str]] = heat.template(stack.ref).get("resources") or {}
    except ResourceNotFoundError:
        return set()
    return {each["type"] for each in resources.values()}


def _version(heat: Orchestration, name: str) -> str | None:
    """Return the version of a resource type, or None if Heat does not have it.

    Heat can have a type that it does not list: a hidden one, or one of a service that is not in the catalog.
    """
    try:
        return heat.type_version(name) or "unknown"
    except ResourceNotFoundError:
        return None
    except CloudError as error:
        if error.status == 400:  # noqa: PLR2004 - Heat has the type, but does not show it
            return "unknown"
        raise
