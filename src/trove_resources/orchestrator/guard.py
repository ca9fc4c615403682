"""What an update may change. Heat's own preview is not asked: it calls a server replaced that would not change."""

from collections.abc import Iterator, Sequence
from typing import Any

from trove_resources.clouds.service import Json
from trove_resources.errors import GuardError

Path = tuple[str, ...]


def check(before: Json, after: Json, allowed: Sequence[Path]) -> None:
    """Raise GuardError when two templates differ in anything that does not begin with an allowed path."""
    outside = [path for path in differences(before, after) if not any(path[: len(each)] == each for each in allowed)]
    if outside:
        raise GuardError([".".join(path) for path in outside])


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Path]:
    """Yield where two values differ: paths of keys; a list is one value."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        if before != after:
            yield path
        return
    for key in sorted({*before, *after}):
        yield from differences(before.get(key), after.get(key), (*path, str(key)))
