"""Finds resource managers by the name of an entry point or by the path of a class, and reads their options."""

import importlib
from collections.abc import Mapping
from typing import Any, Final

from oslo_config import cfg
from stevedore.driver import DriverManager
from stevedore.exception import MultipleMatches
from stevedore.named import NamedExtensionManager

from trove_resources import conf as our_conf
from trove_resources.contract import ResourceManager
from trove_resources.errors import UnknownManagerError, UnusableManagerError

NAMESPACE: Final = "trove_resources.resource_managers"
"""The entry points: each names a subclass of ResourceManager."""

SPELLINGS: Final[Mapping[str, str]] = {
    "trove.taskmanager.resources.native.Native": "native",
    "trove.taskmanager.resources.natives.Natives": "native",
    "trove.taskmanager.resources.orchestrator.Orchestrator": "orchestrator",
    "trove.taskmanager.resources.migration.Migration": "migration",
}
"""Class paths of the original specification, which configurations still have, and the names they stand for."""

LONGEST_NAME: Final = 64
"""The width of the column ``provisioning_engine``."""


def names() -> tuple[str, ...]:
    """Return the names of all installed resource managers, sorted, without importing them."""
    # Typed by annotation: the classes of stevedore 5.5, OpenStack 2025.2's, take no parameter.
    found: NamedExtensionManager[object] = NamedExtensionManager(NAMESPACE, names=[])
    return tuple(sorted(set(found.entry_points_names())))


def load(name: str) -> type[ResourceManager]:
    """Return the class of a resource manager.

    ``name`` is an entry point's name, ``package.module.Class``, ``package.module:Class``, or one of ``SPELLINGS``.
    Raises UnknownManagerError, UnusableManagerError.
    """
    wanted = SPELLINGS.get(name, name)
    if wanted in names():
        manager = _checked(name, _of_entry_point(wanted))
        if manager.name != wanted:
            raise UnusableManagerError(
                name, f"the class has the name {manager.name!r}; it must be the name of the entry point"
            )
        return manager
    if "." in wanted or ":" in wanted:
        return _checked(name, _of_path(wanted))
    raise UnknownManagerError(name, names())


def options_of(manager: type[ResourceManager], conf: cfg.ConfigOpts) -> Mapping[str, Any]:
    """Register the options that a manager declares, and return their values. Raises UnusableManagerError."""
    try:
        conf.register_opts(manager.options, group=our_conf.GROUP.name)
    except cfg.DuplicateOptError as error:
        raise UnusableManagerError(manager.name, f"declares an option that exists already: {error}") from error
    return {option.dest: conf[our_conf.GROUP.name][option.dest] for option in manager.options}


def list_opts() -> list[tuple[str | cfg.OptGroup, list[cfg.Opt]]]:
    """Return our options and those of the installed managers, for ``oslo-config-generator``."""
    (defaults, ours) = our_conf.list_opts()
    declared = [option for name in names() for option in _options_or_none(name)]
    return [defaults, (ours[0], [*ours[1], *declared])]


def _options_or_none(name: str) -> list[cfg.Opt]:
    try:
        return list(load(name).options)
    except UnusableManagerError:
        return []


def _of_entry_point(name: str) -> object:
    try:
        found: DriverManager[object] = DriverManager(NAMESPACE, name)
    except MultipleMatches as error:
        raise UnusableManagerError(name, f"two packages have a manager of this name: {error}") from error
    except Exception as error:  # whatever a third party's module raises at import
        raise UnusableManagerError(name, f"cannot be loaded: {type(error).__name__}: {error}") from error
    return found.driver


def _of_path(path: str) -> object:
    module_name, _, class_name = path.replace(":", ".").rpartition(".")
    if not all(part.isidentifier() for part in (*module_name.split("."), class_name)):
        raise UnknownManagerError(path, names())
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and f"{module_name}.".startswith(f"{error.name}."):
            raise UnknownManagerError(path, names()) from error
        raise UnusableManagerError(path, f"cannot be loaded: {error}") from error
    except Exception as error:  # whatever a third party's module raises at import
        raise UnusableManagerError(path, f"cannot be loaded: {type(error).__name__}: {error}") from error
    found: object = getattr(module, class_name, None)
    if found is None:
        raise UnknownManagerError(path, names())
    return found


def _checked(name: str, found: object) -> type[ResourceManager]:
    if not (isinstance(found, type) and issubclass(found, ResourceManager)):
        wanted = f"{ResourceManager.__module__}.{ResourceManager.__name__}"
        raise UnusableManagerError(name, f"{found!r} is not a subclass of {wanted}")
    if found.name == ResourceManager.name or not 0 < len(found.name) <= LONGEST_NAME:
        raise UnusableManagerError(name, f"the class must have a name of its own, of at most {LONGEST_NAME} characters")
    return found
