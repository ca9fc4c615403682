"""What generated pages are made of."""

from collections.abc import Iterable, Sequence
from textwrap import fill
from typing import Final

WIDTH: Final = 120


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; a bar in a cell would end it."""
    lines = [_row(headings), "|" + "---|" * len(headings)]
    return [*lines, *(_row(row) for row in rows)]


def code(text: str) -> str:
    """Return a text as code; nothing for nothing."""
    return f"`{text}`" if text else ""


def sentence(text: str) -> str:
    """Return a fragment as a sentence."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def paragraph(text: str) -> str:
    """Return a text in lines of a page's width."""
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def item(text: str) -> str:
    """Return a text as an item of a list, in lines of a page's width."""
    return fill(f"- {text}", WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def page(*blocks: Iterable[str]) -> str:
    """Return a page of blocks of lines, an empty line between two."""
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
