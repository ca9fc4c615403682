"""What a check says."""

from collections.abc import Iterable, Sequence
from typing import Final

from oslo_upgradecheck.upgradecheck import Code, Result

DROP_IN: Final = "share/trove-resources/trove.conf.d/50-trove-resources.conf"
"""Where the sample of our drop-in is, below the root of Python's environment."""
INSTALL_DROP_IN: Final = (
    f"put {DROP_IN} of this Python's environment into /etc/trove/trove.conf.d/ of each host that runs"
    " trove-taskmanager, and restart it"
)
REACH_HEAT: Final = (
    "Trove's service user ([service_credentials]) has to reach Heat by the catalog, or by [trove_resources] heat_url,"
    " and has to be allowed to work with stacks."
)
MOST: Final = 3
"""How many of the things that are wrong are named."""


def success(details: str) -> Result:
    """All is well."""
    return Result(Code.SUCCESS, details)


def warning(details: str) -> Result:
    """It works, but not all of it, or not for long."""
    return Result(Code.WARNING, details)


def failure(details: str) -> Result:
    """It does not work."""
    return Result(Code.FAILURE, details)


def together(results: Iterable[Result], otherwise: str) -> Result:
    """Return several results as one, which is as bad as the worst; ``otherwise`` is said when there are none."""
    found = list(results)
    if not found:
        return success(otherwise)
    return Result(max(each.code for each in found), " ".join(each.details or "" for each in found))


def some(names: Sequence[str]) -> str:
    """Name a few, and say how many more there are."""
    more = len(names) - MOST
    return ", ".join(names[:MOST]) + (f" and {more} more" if more > 0 else "")
