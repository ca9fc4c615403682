"""``trove-resources managers``: what each resource manager supports."""

import argparse
from collections.abc import Iterator

from cliff.columns import FormattableColumn
from cliff.lister import Lister

from trove_resources.contract import OPERATIONS, ResourceManager, supported
from trove_resources.errors import UnusableManagerError
from trove_resources.plugin import managers


class Supported(FormattableColumn[bool]):
    """Whether an operation is supported: yes or no for people, a boolean for programs."""

    def human_readable(self) -> str:
        """Return a word."""
        return "yes" if self._value else "no"


class Managers(Lister):
    """List the operations, and which of the installed resource managers support them."""

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:  # noqa: ARG002
        """Load all managers; one that cannot be used is named and left out."""
        loaded = self._loaded()
        operations = {name: supported(manager) for name, manager in loaded.items()}
        rows = ((operation, *(Supported(operation in operations[name]) for name in loaded)) for operation in OPERATIONS)
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
