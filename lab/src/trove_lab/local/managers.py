"""The resource managers a lab can run Trove with, by the name ``--manager`` takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trove_lab.local.trove_conf import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A way to run Trove: what is dropped into ``trove.conf.d``."""

    description: str
    options: Options = field(default_factory=dict)


MANAGERS: Mapping[str, Manager] = {"stock": Manager(description="Trove's own task manager, unmodified")}
