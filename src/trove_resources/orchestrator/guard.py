"""A guard against updates that would change too much.

Heat's own preview is not used: it reports servers as replaced that would not change.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from trove_resources.clouds.service import Json
from trove_resources.errors import GuardError

Path = tuple[str, ...]
"""The keys that lead to a value in a template."""


def check(before: Json, after: Json, allowed: Sequence[Path]) -> None:
    """Raise GuardError if two templates differ anywhere but below the allowed paths."""
    outside = [path for path in differences(before, after) if not any(path[: len(each)] == each for each in allowed)]
    if outside:
        raise GuardError([".".join(path) for path in outside])


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths at which two values differ. A list counts as one value."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        if before != after:
            yield path
        return
    for key in sorted({*before, *after}):
        yield from differences(before.get(key), after.get(key), (*path, str(key)))
