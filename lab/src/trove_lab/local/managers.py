"""The resource managers that a lab's Trove can use, by the choices of ``--manager``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points

from trove_lab.local.conf_file import Options
from trove_lab.local.heat_conf import Heat
from trove_resources_heat import PLUGIN_DIR


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A resource manager: its options for ``trove.conf.d``, and the Heat that it needs."""

    description: str
    options: Options = field(default_factory=dict)
    heat: Heat | None = None
    """None if it does not need Heat."""


def _ours(name: str, description: str, heat: Heat | None = None) -> Manager:
    plugin = {"taskmanager_manager": "trove_resources.plugin.Manager", "resource_manager": name}
    return Manager(description=description, options={"DEFAULT": plugin}, heat=heat)


HEAT_WITH_PLUGIN = Heat(plugin_dirs=[PLUGIN_DIR], hurry=True)

MANAGERS: Mapping[str, Manager] = {
    "stock": Manager(description="Trove's own task manager, unmodified"),
    "native": _ours("native", "trove-resources, which calls Nova, Cinder, Neutron and Designate"),
    "orchestrator": _ours(
        "orchestrator",
        "trove-resources, which calls Heat only",
        HEAT_WITH_PLUGIN,
    ),
    "migration": _ours(
        "migration",
        "trove-resources, with Heat for new instances, and for each older one the engine that provisioned it",
        HEAT_WITH_PLUGIN,
    ),
}


GROUP = "trove_resources.resource_managers"
"""The group of the entry points of resource managers."""


def choices() -> Sequence[str]:
    """Return the names of the managers that a user can choose: ours, and those of third parties that are installed."""
    third_parties = {entry_point.name for entry_point in entry_points(group=GROUP)} - set(MANAGERS)
    return (*sorted(MANAGERS), *sorted(third_parties))


def manager_of(name: str) -> Manager:
    """Return a resource manager by its name: one of MANAGERS, or a third party's, which Trove must be able to import.

    The lab has a Heat for a third party's manager that is installed here and needs one.
    """
    if name in MANAGERS:
        return MANAGERS[name]
    needs_heat = any(each.load().needs_heat for each in entry_points(group=GROUP, name=name))
    return _ours(name, "the resource manager of a third party", HEAT_WITH_PLUGIN if needs_heat else None)
