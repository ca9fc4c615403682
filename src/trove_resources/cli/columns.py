"""Columns: short, wrapped text in tables, complete values in other formats."""

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from cliff.columns import FormattableColumn

WIDTH: Final = 90
"""Width of a value in a table of fields."""
SHORT: Final = 8
"""Characters of an id in a list. Commands accept the beginning of an id."""
_UUID: Final = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_REQUEST: Final = re.compile(r" \(req-[0-9a-f-]+\)")

Json = Mapping[str, Any]


class Text(FormattableColumn[str | None]):
    """Text of any length."""

    def human_readable(self) -> str:
        """Return the wrapped text."""
        return wrapped(self._value or "", WIDTH)


class Items(FormattableColumn[Sequence[Any]]):
    """A list, each item on lines of its own."""

    def __init__(self, value: Sequence[Any], line: Callable[[Any], str] = str) -> None:
        super().__init__(value)
        self._line = line

    def human_readable(self) -> str:
        """Return the items as wrapped lines."""
        return "\n".join(wrapped(self._line(each), WIDTH) for each in self._value)


class Facts(FormattableColumn[Json | None]):
    """A mapping, each item on lines of its own."""

    def human_readable(self) -> str:
        """Return the items as wrapped lines."""
        return "\n".join(wrapped(f"{name}: {value}", WIDTH) for name, value in (self._value or {}).items())


def wrapped(text: str, width: int) -> str:
    """Wrap a text."""
    fill = textwrap.TextWrapper(width, subsequent_indent="  ", break_on_hyphens=False).fill
    return "\n".join(fill(line) for line in text.splitlines())


def brief(text: str) -> str:
    """Return a text for a list: ids shortened, request ids left out."""
    return _UUID.sub(r"\1", _REQUEST.sub("", text))


def shortened(text: str, width: int, *, beginning: int, end: int) -> list[str]:
    """Return the lines of a text; of a long one only the first and the last ones, which an ellipsis begins."""
    lines = wrapped(" ".join(text.split()), width).splitlines()
    if len(lines) <= beginning + end:
        return lines
    return [*lines[:beginning], f"… {lines[-end].strip()}", *lines[len(lines) - end + 1 :]]


def moment(value: datetime | None) -> str | None:
    """Return a time in ISO 8601, in UTC, to the second. A time without a zone is taken as UTC."""
    if value is None:
        return None
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
