"""``trove-resources managers``: what each resource manager supports."""

import argparse
from collections.abc import Iterator

from cliff.columns import FormattableColumn
from cliff.lister import Lister

from trove_resources import managers
from trove_resources.contract import OPERATIONS, ResourceManager, supported
from trove_resources.errors import UnusableManagerError


class Supported(FormattableColumn[bool]):
    """Whether an operation is supported: yes, with its condition, or no for people, a boolean for programs."""

    def __init__(self, value: bool, condition: str = "") -> None:  # noqa: FBT001 - cliff's own signature
        super().__init__(value)
        self._condition = condition

    def human_readable(self) -> str:
        """Return a word, and the condition."""
        return " ".join(["yes" if self._value else "no", *([f"({self._condition})"] if self._condition else [])])


class Managers(Lister):
    """List the operations, and which of the installed resource managers support them."""

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:  # noqa: ARG002
        """Load all managers; one that cannot be used is named and left out."""
        loaded = self._loaded()
        rows = (
            (operation, *(_supported(manager, operation) for manager in loaded.values())) for operation in OPERATIONS
        )
        return ("operation", *loaded), rows

    def _loaded(self) -> dict[str, type[ResourceManager]]:
        loaded = {}
        for name in managers.names():
            try:
                loaded[name] = managers.load(name)
            except UnusableManagerError as error:
                self.app.LOG.warning("%s", error)
        if not loaded:
            self.app.LOG.warning("no resource manager is installed")
        return loaded


def _supported(manager: type[ResourceManager], operation: str) -> Supported:
    return Supported(operation in supported(manager), manager.conditions.get(operation, ""))
