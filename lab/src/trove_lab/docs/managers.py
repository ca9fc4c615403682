"""The page of the resource managers: what each supports."""

import inspect
from typing import Final

from trove_lab.docs import markdown
from trove_resources import managers
from trove_resources.contract import OPERATIONS, ResourceManager, supported

PACKAGE: Final = "trove_resources"
"""Whose managers are on the page: others may be installed beside it."""

_HEAD = """\
# Resource managers

This page is generated, by `make docs`, from the managers that come with trove-resources; `trove-resources managers`
lists those installed on a host, by third parties too. An operation that a manager does not support is refused, and
nothing is changed.
"""


def page() -> str:
    """Return the page. Raises UnusableManagerError for one that cannot be loaded."""
    loaded = [manager for manager in map(managers.load, managers.names()) if manager.__module__.startswith(PACKAGE)]
    rows = (
        (
            markdown.code(operation),
            *(_supported(manager, operation) for manager in loaded),
            markdown.sentence(what),
        )
        for operation, what in OPERATIONS.items()
    )
    headings = ("operation", *(markdown.code(manager.name) for manager in loaded), "")
    return markdown.page([_HEAD.rstrip()], markdown.table(headings, rows), *map(_section, loaded))


def _supported(manager: type[ResourceManager], operation: str) -> str:
    if operation not in supported(manager):
        return ""
    condition = manager.conditions.get(operation)
    return f"yes, {condition}" if condition else "yes"


def _section(manager: type[ResourceManager]) -> list[str]:
    rows = (
        (markdown.code(operation), _first_line(getattr(manager, operation)))
        for operation in OPERATIONS
        if operation in supported(manager)
    )
    return [f"## {manager.name}", "", _first_line(manager), "", *markdown.table(("operation", "how"), rows)]


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0].replace("``", "`")
