"""Tables in memory: the rows of one kind that a service holds, and pages of them."""

from collections.abc import Iterator, Sequence
from typing import Any, Generic, Protocol, TypeVar


class Row(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """The id, unique in its table."""


R = TypeVar("R", bound=Row)


class MarkerNotFoundError(LookupError):
    """The marker of a page is not in the list."""


class Table(Generic[R]):
    """The rows of one kind, in the order in which they were added."""

    def __init__(self) -> None:
        self._rows: dict[str, R] = {}

    def __iter__(self) -> Iterator[R]:
        """Iterate over a copy, so that rows can be removed while iterating."""
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __contains__(self, row_id: str) -> bool:
        """Return whether a row has this id."""
        return row_id in self._rows

    def add(self, row: R) -> R:
        """Add a row and return it."""
        self._rows[row.id] = row
        return row

    def get(self, row_id: str) -> R | None:
        """Return the row with this id, or None."""
        return self._rows.get(row_id)

    def remove(self, row_id: str) -> None:
        """Remove the row with this id, if it exists."""
        self._rows.pop(row_id, None)

    def where(self, **attributes: Any) -> list[R]:
        """Return the rows whose attributes all have the given values."""
        return [row for row in self if all(getattr(row, name) == value for name, value in attributes.items())]


def page(rows: Sequence[R], *, marker: str | None, limit: int | None) -> tuple[Sequence[R], bool]:
    """Return at most ``limit`` rows after the one whose id is ``marker``, and whether more follow.

    Raise MarkerNotFoundError when no row has that id.
    """
    start = 0
    if marker is not None:
        start = next((index + 1 for index, row in enumerate(rows) if row.id == marker), -1)
        if start < 0:
            raise MarkerNotFoundError(marker)
    end = len(rows) if limit is None else start + limit
    return rows[start:end], end < len(rows)
