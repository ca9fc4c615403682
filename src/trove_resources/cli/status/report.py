"""Format the results of checks as oslo.upgradecheck does, as a table or as JSON, with checks that were skipped."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from oslo_upgradecheck.upgradecheck import UPGRADE_CHECK_MSG_MAP, Result

from trove_resources.cli.status.results import Skipped

TITLE: Final = "Upgrade check of trove-resources"
WIDTH: Final = 76
"""Width of the text, so that the table has 80 columns."""

Named = tuple[str, Result]
"""The name of a check, and its result."""


def as_json(results: Iterable[Named]) -> str:
    """Return the results as oslo.upgradecheck's JSON, with ``skipped`` for each check; its ``result`` is then 0."""
    checks = [
        {"check": name, "result": result.code, "skipped": isinstance(result, Skipped), "details": result.details}
        for name, result in results
    ]
    return json.dumps({"name": TITLE, "checks": checks})


def as_table(results: Iterable[Named]) -> str:
    """Return the results as oslo.upgradecheck's table. The result of a skipped check reads Skipped."""
    cells = [[TITLE], *(_cell(name, result) for name, result in results)]
    width = max(len(line) for cell in cells for line in cell)
    return "\n".join(_bordered(cells, width))


def _cell(name: str, result: Result) -> list[str]:
    if isinstance(result, Skipped):
        text = f"Skipped\nDetails: {result.reason}"
    else:
        text = f"{UPGRADE_CHECK_MSG_MAP[result.code]}\nDetails: {result.details}"
    fill = textwrap.TextWrapper(WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False).wrap
    return [line for each in (f"Check: {name}\nResult: {text}").splitlines() for line in fill(each)]


def _bordered(cells: Iterable[Sequence[str]], width: int) -> Iterator[str]:
    border = f"+{'-' * (width + 2)}+"
    for cell in cells:
        yield border
        yield from (f"| {line:<{width}} |" for line in cell)
    yield border
