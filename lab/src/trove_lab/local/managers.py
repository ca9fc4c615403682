"""The resource managers a lab can run Trove with, by the name ``--manager`` takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trove_lab.local.conf_file import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A way to run Trove: what is dropped into ``trove.conf.d``."""

    description: str
    options: Options = field(default_factory=dict)


def _ours(name: str, description: str) -> Manager:
    plugin = {"taskmanager_manager": "trove_resources.plugin.Manager", "resource_manager": name}
    return Manager(description=description, options={"DEFAULT": plugin})


MANAGERS: Mapping[str, Manager] = {
    "stock": Manager(description="Trove's own task manager, unmodified"),
    "native": _ours("native", "trove-resources, which calls Nova, Cinder, Neutron and Designate"),
}
