"""The resource managers a lab can run Trove with, by the name ``--manager`` takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trove_lab.local.conf_file import Options
from trove_lab.local.heat_conf import Heat
from trove_resources import managers
from trove_resources_heat import PLUGIN_DIR


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A way to run Trove: what is dropped into ``trove.conf.d``, and the Heat it needs."""

    description: str
    options: Options = field(default_factory=dict)
    heat: Heat | None = None
    """None: it asks no Heat."""


def _ours(name: str, description: str, heat: Heat | None = None) -> Manager:
    plugin = {"taskmanager_manager": "trove_resources.plugin.Manager", "resource_manager": name}
    return Manager(description=description, options={"DEFAULT": plugin}, heat=heat)


HEAT_WITH_PLUGIN = Heat(plugin_dirs=[PLUGIN_DIR], hurry=True)

MANAGERS: Mapping[str, Manager] = {
    "stock": Manager(description="Trove's own task manager, unmodified"),
    "native": _ours("native", "trove-resources, which calls Nova, Cinder, Neutron and Designate"),
    "orchestrator": _ours(
        "orchestrator",
        "trove-resources, which calls Heat alone",
        HEAT_WITH_PLUGIN,
    ),
    "migration": _ours(
        "migration",
        "trove-resources, new instances through Heat, each older one as it was made",
        HEAT_WITH_PLUGIN,
    ),
}


def manager_of(name: str) -> Manager:
    """Return a resource manager by its name: one of MANAGERS, or a third party's, which Trove must be able to import.

    The lab has a Heat for a third party's if it is installed here and needs one.
    """
    if name in MANAGERS:
        return MANAGERS[name]
    needs_heat = name in managers.names() and managers.load(name).needs_heat
    return _ours(name, "the resource manager of a third party", HEAT_WITH_PLUGIN if needs_heat else None)


def choices() -> Sequence[str]:
    """Return the names of the managers that can be chosen here, with those of third parties that are installed."""
    third_parties = set(managers.names()) - set(MANAGERS)
    return (*sorted(MANAGERS), *sorted(third_parties))
