"""A recording of the demo's output, for the documentation."""

import io
import re
from pathlib import Path

from rich.console import Console

_LINKS = re.compile(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", re.DOTALL)
"""What rich adds that refers to other sites: fonts, and a comment."""


def recording(width: int) -> Console:
    """Return a console that records what is printed to it, and shows nothing."""
    return Console(record=True, file=io.StringIO(), width=width, highlight=False)


def write_svg(path: Path, recorded: Console, title: str) -> None:
    """Write what was printed to a recording as an SVG image. Raises OSError.

    The image loads no font from the network: it uses a monospaced font of the reader's machine.
    """
    svg = recorded.export_svg(title=title, unique_id="trove-lab-demo")
    path.write_text(_LINKS.sub("", svg), encoding="utf-8")
