"""Checks of Trove's database."""

from oslo_upgradecheck.upgradecheck import Result

from trove_resources import managers
from trove_resources.cli.status import results
from trove_resources.cli.status.site import Site
from trove_resources.errors import UnknownManagerError, UnusableManagerError
from trove_resources.plugin.database import instance_rows, ownership


def columns(site: Site) -> Result:
    """Check whether the table instances has our columns."""
    version = ownership.version(site.database)
    if version.missing:
        names = " and ".join(version.missing)
        return results.failure(
            f"The table {ownership.TABLE} of {version.database} lacks {names}: run `trove-resources db upgrade`, then"
            " restart Trove's services."
        )
    if not version.is_current:
        return results.warning(
            f"{version.database} has our columns, but is at our revision {version.revision or 'base'} instead of"
            f" {version.head}: run `trove-resources db upgrade`."
        )
    return results.success(f"{version.database} has {' and '.join(ownership.COLUMNS)}.")


def engines(site: Site) -> Result:
    """Check whether the resource manager manages the engine of every instance."""
    if ownership.version(site.database).missing:
        return results.Skipped("without our columns no row names an engine, and every instance counts as native.")
    try:
        known = managers.load(site.conf.resource_manager).engines()
    except (UnknownManagerError, UnusableManagerError):
        return results.failure(
            f"Not checked, because resource_manager = {site.conf.resource_manager} cannot be used: fix that first."
        )
    strays = instance_rows.of_other_engines(site.database, known)
    if not strays:
        return results.success(f"Every instance is owned by {' or '.join(sorted(known))}.")
    owned: dict[str, list[str]] = {}
    for engine, instance_id in strays:
        owned.setdefault(engine, []).append(instance_id)
    each = "; ".join(f"{engine} ({results.some(ids)})" for engine, ids in owned.items())
    return results.failure(
        f"Instances are owned by engines that resource_manager = {site.manager} does not manage: {each}. Every request"
        " for them would be refused. Set resource_manager = migration, which manages native and orchestrator, or"
        " correct provisioning_engine in their rows if it is wrong."
    )
