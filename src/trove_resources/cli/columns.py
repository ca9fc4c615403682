"""How values are shown: in a few words to people, whole to programs."""

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from cliff.columns import FormattableColumn

WIDTH: Final = 90
"""Characters of a line of text beside the names of a table's fields."""
SHORT: Final = 8
"""How much of an id people see in a list; commands take so much of it for the whole."""
_UUID: Final = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")

Json = Mapping[str, Any]


class Text(FormattableColumn[str | None]):
    """A text of any length."""

    def human_readable(self) -> str:
        """Return it in lines."""
        return wrapped(self._value or "", WIDTH)


class Items(FormattableColumn[Sequence[Any]]):
    """Several things, each in a line of its own, or in several."""

    def __init__(self, value: Sequence[Any], line: Callable[[Any], str] = str) -> None:
        super().__init__(value)
        self._line = line

    def human_readable(self) -> str:
        """Return the lines."""
        return "\n".join(wrapped(self._line(each), WIDTH) for each in self._value)


class Facts(FormattableColumn[Json | None]):
    """One thing of several facts."""

    def human_readable(self) -> str:
        """Return its facts in lines."""
        return "\n".join(wrapped(f"{name}: {value}", WIDTH) for name, value in (self._value or {}).items())


def wrapped(text: str, width: int) -> str:
    """Return a text in lines of a width."""
    fill = textwrap.TextWrapper(width, subsequent_indent="  ", break_on_hyphens=False).fill
    return "\n".join(fill(line) for line in text.splitlines())


def brief(text: str) -> str:
    """Return a text with the ids in it as a list shows them."""
    return _UUID.sub(r"\1", text)


def moment(value: datetime | None) -> str | None:
    """Return a moment in ISO 8601, to the second, in UTC; one without a zone is in UTC."""
    if value is None:
        return None
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
