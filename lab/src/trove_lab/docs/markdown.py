"""Building blocks of generated pages."""

from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import Final

WIDTH: Final = 120


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table, without empty columns. Vertical bars in cells are escaped."""
    cells = list(rows)
    used = [column for column, heading in enumerate(headings) if heading and any(row[column] for row in cells)]
    lines = [_row([headings[column] for column in used]), "|" + "---|" * len(used)]
    return [*lines, *(_row([row[column] for column in used]) for row in cells)]


def code(text: str) -> str:
    """Return a text as inline code. An empty text stays empty."""
    return f"`{text}`" if text else ""


def sentence(text: str) -> str:
    """Return a fragment as a sentence."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def paragraph(text: str) -> str:
    """Return a text wrapped to the width of a page."""
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def item(text: str) -> str:
    """Return a text as a list item, wrapped to the width of a page."""
    return fill(f"- {text}", WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def page(*blocks: Iterable[str]) -> str:
    """Return a page that consists of blocks of lines, separated by empty lines."""
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
