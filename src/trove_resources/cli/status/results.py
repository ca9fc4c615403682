"""The results of checks."""

from collections.abc import Iterable, Sequence
from typing import Final

from oslo_upgradecheck.upgradecheck import Code, Result

REACH_HEAT: Final = (
    "Trove's service user ([service_credentials]) must be able to reach Heat, through the catalog or at"
    " [trove_resources] heat_url, and must be allowed to create stacks."
)
MOST: Final = 3
"""How many names a message lists."""


class Skipped(Result):
    """The result of a check that does not apply. oslo.upgradecheck has no code for it; it does not count."""

    def __init__(self, reason: str) -> None:
        super().__init__(Code.SUCCESS, f"Skipped: {reason}")
        self.reason = reason


def success(details: str) -> Result:
    """Return the result of a check that found no problem."""
    return Result(Code.SUCCESS, details)


def warning(details: str) -> Result:
    """Return the result for what works in part, or will soon stop working."""
    return Result(Code.WARNING, details)


def failure(details: str) -> Result:
    """Return the result for what does not work."""
    return Result(Code.FAILURE, details)


def together(results: Iterable[Result], otherwise: str) -> Result:
    """Return several results as one, with the worst code. Return a success with ``otherwise`` if there are none."""
    found = list(results)
    if not found:
        return success(otherwise)
    return Result(max(each.code for each in found), " ".join(each.details or "" for each in found))


def some(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - MOST
    return ", ".join(names[:MOST]) + (f" and {more} more" if more > 0 else "")
