"""The Trove plug-in: the only package that imports Trove."""

from typing import Any


def __getattr__(name: str) -> Any:
    """Return the class for ``taskmanager_manager = trove_resources.plugin.Manager``.

    It is imported on demand: it imports Trove's task manager, which the commands do not need.
    """
    if name == "Manager":
        from trove_resources.plugin.manager import Manager  # noqa: PLC0415

        return Manager
    raise AttributeError(name)
