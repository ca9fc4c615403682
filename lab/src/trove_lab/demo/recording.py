"""A recording of the demo's output, for the documentation."""

import io
import re
from pathlib import Path

from rich.console import Console

_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def recording(width: int) -> Console:
    """Return a console that records what is printed to it, and shows nothing."""
    return Console(record=True, file=io.StringIO(), width=width)


def write_svg(path: Path, recorded: Console, title: str) -> None:
    """Write what was printed to a recording as an SVG image. Raises OSError.

    The image loads no font from the network: it uses a monospaced font of the reader's machine.
    """
    svg = recorded.export_svg(title=title, unique_id="trove-lab-demo")
    path.write_text(_FONT_FACE.sub("", svg), encoding="utf-8")
