"""Checks of Trove's database."""

from collections.abc import Callable
from functools import wraps

from oslo_upgradecheck.upgradecheck import Result

from trove_resources import managers
from trove_resources.cli.status import results
from trove_resources.cli.status.site import Site
from trove_resources.errors import ConfigurationError, DatabaseError, UnknownManagerError, UnusableManagerError
from trove_resources.plugin.database import instance_rows, ownership

Check = Callable[[Site], Result]


def _answering(check: Check) -> Check:
    """Have a check fail, with the reason, when the database cannot be asked."""

    @wraps(check)
    def checked(site: Site) -> Result:
        try:
            return check(site)
        except (ConfigurationError, DatabaseError) as error:
            return results.failure(f"Trove's database cannot be asked: {error}.")

    return checked


@_answering
def columns(site: Site) -> Result:
    """Look for our columns on the table of instances."""
    version = ownership.version(site.database)
    if version.missing:
        names = " and ".join(version.missing)
        return results.failure(
            f"The table {ownership.TABLE} of {version.database} lacks {names}: run `trove-resources db upgrade`, then"
            " restart Trove's services."
        )
    if not version.is_current:
        return results.warning(
            f"{version.database} has the columns, but is at revision {version.revision or 'base'} of ours, not at"
            f" {version.head}: run `trove-resources db upgrade`."
        )
    return results.success(f"{version.database} has {' and '.join(ownership.COLUMNS)}.")


@_answering
def engines(site: Site) -> Result:
    """Look for instances that nobody would work on."""
    if ownership.version(site.database).missing:
        return results.success("Without our columns no instance says an engine: each counts as native.")
    try:
        known = managers.load(site.conf.resource_manager).engines()
    except (UnknownManagerError, UnusableManagerError):
        return results.failure(f"resource_manager = {site.conf.resource_manager} cannot be used: see that first.")
    strays = instance_rows.of_other_engines(site.database, known)
    if not strays:
        return results.success(f"Every instance is owned by {', '.join(sorted(known))}, or says none.")
    owned: dict[str, list[str]] = {}
    for engine, instance_id in strays:
        owned.setdefault(engine, []).append(instance_id)
    each = "; ".join(f"{engine} ({results.some(ids)})" for engine, ids in owned.items())
    return results.failure(
        f"Instances are owned by engines that resource_manager = {site.manager} leaves alone: {each}. Every request for"
        " them would be refused: set resource_manager = migration, which manages native and orchestrator, or correct"
        " provisioning_engine in their rows if that is wrong."
    )
