"""Checks of Trove's options."""

from typing import Final

from oslo_config import cfg
from oslo_config.types import Boolean
from oslo_upgradecheck.upgradecheck import Result

from trove_resources import managers
from trove_resources.cli.status import drop_in as our_drop_in
from trove_resources.cli.status import results
from trove_resources.cli.status.site import Site
from trove_resources.errors import UnknownManagerError, UnusableManagerError

_SPELLINGS: Final = frozenset({our_drop_in.TASK_MANAGER, "trove_resources.plugin.manager.Manager"})
TASK_MANAGER: Final = cfg.StrOpt("taskmanager_manager", default="trove.taskmanager.manager.Manager")
"""Trove's own option, with Trove's own default. To read it this way does not import Trove."""


def task_manager(site: Site) -> Result:
    """Check whether Trove runs our task manager."""
    value = site.conf.taskmanager_manager
    where = _where(site, "taskmanager_manager")
    if value in _SPELLINGS:
        return results.success(f"taskmanager_manager = {value} ({where}).")
    return results.failure(
        f"taskmanager_manager = {value} ({where}): trove-resources is not used. It must be {our_drop_in.TASK_MANAGER}."
        f" {_correct(site, 'taskmanager_manager')}"
    )


def resource_manager(site: Site) -> Result:
    """Check whether the configured resource manager can be used."""
    value = site.conf.resource_manager
    try:
        found = managers.load(value)
    except (UnknownManagerError, UnusableManagerError) as error:
        return results.failure(
            f"{error} ({_where(site, 'resource_manager')}). `trove-resources managers` lists the managers that can be"
            f" used. {_correct(site, 'resource_manager')}"
        )
    return results.success(f"resource_manager = {value}: {found.__module__}.{found.__qualname__}.")


def drop_in(site: Site) -> Result:
    """Check whether a file that trove-taskmanager reads sets the resource manager."""
    if _is_in_environment(site, "resource_manager"):
        return results.warning(
            "resource_manager is set only in the environment of this command; trove-taskmanager may use another value."
            f" {our_drop_in.advice(site.conf)}"
        )
    lines = site.lines("resource_manager")
    if not lines:
        return results.warning(
            f"No file sets resource_manager; its default {site.conf.resource_manager} is in effect. These files were"
            f" read: {', '.join(map(str, site.files))}. {our_drop_in.advice(site.conf)} If the drop-in is in another"
            " directory, pass that directory as --config-dir, here and to trove-taskmanager."
        )
    files = ", ".join(str(file) for file, _ in lines)
    return results.success(f"resource_manager is set in {files}{'; the last one wins' if len(lines) > 1 else ''}.")


def use_heat(site: Site) -> Result:
    """Check for an option that once made Trove use Heat."""
    lines = site.lines("use_heat")
    if not lines:
        return results.success("No file sets use_heat.")
    files = ", ".join(dict.fromkeys(str(file) for file, _ in lines))
    if site.needs_heat or not _is_true(lines[-1][1]):
        return results.warning(
            f"use_heat is set in {files}, and has no effect: resource_manager = {site.manager} decides. The equivalent"
            " of use_heat is resource_manager = orchestrator. Remove use_heat."
        )
    return results.warning(
        f"use_heat = {lines[-1][1]} is set in {files}, and has no effect: instances are not created as Heat stacks. For"
        " that, set resource_manager = orchestrator. Remove use_heat in any case."
    )


def _where(site: Site, option: str) -> str:
    """Return where the value of an option comes from."""
    if _is_in_environment(site, option):
        return "set in the environment of this command"
    lines = site.lines(option)
    return f"set in {lines[-1][0]}" if lines else "the default"


def _is_in_environment(site: Site, option: str) -> bool:
    location = site.conf.get_location(option)
    return location is not None and location.location is cfg.Locations.environment


def _correct(site: Site, option: str) -> str:
    """Return what to change: the file that sets the option, or the drop-in that is missing."""
    lines = site.lines(option)
    if not lines:
        return our_drop_in.advice(site.conf)
    sample = our_drop_in.sample()
    as_in = f" as in the sample {sample}" if sample else ""
    return f"Correct it in {lines[-1][0]}{as_in}, and restart trove-taskmanager."


def _is_true(value: str) -> bool:
    try:
        return bool(Boolean()(value))
    except ValueError:
        return True
