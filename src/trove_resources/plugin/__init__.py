"""The Trove plug-in: the only package that knows Trove."""

from typing import Any


def __getattr__(name: str) -> Any:
    """Give ``taskmanager_manager = trove_resources.plugin.Manager`` its class.

    It is imported only then: it brings Trove's task manager along, which the commands do without.
    """
    if name == "Manager":
        from trove_resources.plugin.manager import Manager  # noqa: PLC0415

        return Manager
    raise AttributeError(name)
