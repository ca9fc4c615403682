"""The resource managers that a lab's Trove can use, by the choices of ``--manager``."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
