"""``trove-resources managers``: the operations that each resource manager supports."""

import argparse
import logging
from collections.abc import Iterator, Mapping

from cliff.columns import FormattableColumn
from cliff.lister import Lister

from trove_resources import managers
from trove_resources.contract import OPERATIONS, ResourceManager, supported
from trove_resources.errors import UnusableManagerError

LOG = logging.getLogger(__name__)


class Supported(FormattableColumn[bool]):
    """Whether an operation is supported: yes (condition) or no in a table, a boolean in other formats."""

    def __init__(self, value: bool, condition: str = "") -> None:  # noqa: FBT001 - cliff's own signature
        super().__init__(value)
        self._condition = condition

    def human_readable(self) -> str:
        """Return yes or no, and the condition."""
        return " ".join(["yes" if self._value else "no", *([f"({self._condition})"] if self._condition else [])])


class Managers(Lister):
    """List the operations, and which installed resource managers support each."""

    def take_action(self, parsed_args: argparse.Namespace) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:  # noqa: ARG002
        """Load all managers. One that cannot be loaded is left out, with a warning."""
        loaded = usable(self.app.LOG)
        if not loaded:
            self.app.LOG.warning("no resource manager is installed")
        rows = (
            (operation, *(_supported(manager, operation) for manager in loaded.values())) for operation in OPERATIONS
        )
        return ("operation", *loaded), rows


def usable(log: logging.Logger = LOG) -> Mapping[str, type[ResourceManager]]:
    """Return the installed resource managers by name. One that cannot be loaded is left out, with a warning."""
    loaded = {}
    for name in managers.names():
        try:
            loaded[name] = managers.load(name)
        except UnusableManagerError as error:
            log.warning("%s", error)
    return loaded


def _supported(manager: type[ResourceManager], operation: str) -> Supported:
    return Supported(operation in supported(manager), manager.conditions.get(operation, ""))
