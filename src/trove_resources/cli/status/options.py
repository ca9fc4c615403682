"""Checks of Trove's options."""

from typing import Final

from oslo_config import cfg
from oslo_config.types import Boolean
from oslo_upgradecheck.upgradecheck import Result

from trove_resources import managers
from trove_resources.cli.status import results
from trove_resources.cli.status.site import Site
from trove_resources.errors import UnknownManagerError, UnusableManagerError

OURS: Final = "trove_resources.plugin.Manager"
"""What ``taskmanager_manager`` has to name."""
_SPELLINGS: Final = frozenset({OURS, "trove_resources.plugin.manager.Manager"})
TASK_MANAGER: Final = cfg.StrOpt("taskmanager_manager", default="trove.taskmanager.manager.Manager")
"""Trove's own option, with Trove's own default: to read it costs no import of Trove."""


def task_manager(site: Site) -> Result:
    """Look whether Trove runs our task manager."""
    named = site.conf.taskmanager_manager
    if named in _SPELLINGS:
        return results.success(f"taskmanager_manager = {named}.")
    return results.failure(
        f"taskmanager_manager = {named}: with it nothing of trove-resources is used; it has to be {OURS}:"
        f" {results.INSTALL_DROP_IN}."
    )


def resource_manager(site: Site) -> Result:
    """Look whether the resource manager that is named can be used."""
    named = site.conf.resource_manager
    try:
        found = managers.load(named)
    except (UnknownManagerError, UnusableManagerError) as error:
        return results.failure(
            f"{error}. Name one that `trove-resources managers` lists, in the drop-in; if there is none yet,"
            f" {results.INSTALL_DROP_IN}."
        )
    return results.success(f"resource_manager = {named}: {found.__module__}.{found.__qualname__}.")


def drop_in(site: Site) -> Result:
    """Look whether somebody decided for the resource manager, where trove-taskmanager reads it."""
    location = site.conf.get_location("resource_manager")
    if location is not None and location.location is cfg.Locations.environment:
        return results.warning(
            "resource_manager is set in the environment of this command alone; trove-taskmanager may have another:"
            f" {results.INSTALL_DROP_IN}."
        )
    lines = site.lines("resource_manager")
    if not lines:
        read = ", ".join(map(str, site.files)) or "none"
        return results.warning(
            f"No file sets resource_manager, its default {site.conf.resource_manager} is in effect. Read were: {read}."
            f" If the drop-in is elsewhere, name its directory by --config-dir, here and to trove-taskmanager; else"
            f" {results.INSTALL_DROP_IN}."
        )
    return results.success(f"resource_manager is set in {', '.join(str(file) for file, _ in lines)}; the last counts.")


def use_heat(site: Site) -> Result:
    """Look for the option by which Trove was once told to use Heat."""
    lines = site.lines("use_heat")
    if not lines:
        return results.success("No file sets use_heat.")
    files = ", ".join(dict.fromkeys(str(file) for file, _ in lines))
    if site.needs_heat or not _is_true(lines[-1][1]):
        return results.warning(
            f"use_heat is set in {files}, and nobody reads it: resource_manager = {site.manager} decides now, and"
            " resource_manager = orchestrator is what use_heat was. Remove it."
        )
    return results.warning(
        f"use_heat = {lines[-1][1]} is set in {files}, and nobody reads it: instances are not made in stacks of Heat."
        " For that, set resource_manager = orchestrator; in any case remove use_heat."
    )


def _is_true(value: str) -> bool:
    try:
        return bool(Boolean()(value))
    except ValueError:
        return True
