"""Hooks of MkDocs for the documentation site: scripts, release notes, and lists as in CommonMark.

``hooks`` in ``mkdocs.yml`` names this module.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

SHARE: Final = Path(sys.prefix) / "share"
"""The directory into which ``make docs-site`` puts the scripts."""
SCRIPTS: Final = ("mermaid.js", "iframe-worker.js")
"""The scripts that pages need in addition to those of the theme, which would load both from a CDN."""
CHANGES: Final = "changes.md"
"""The page that contains the release notes."""
MARKER: Final = "<!-- release notes -->"
"""The line of ``CHANGELOG.md`` after which the release notes are added. It is also in ``pyproject.toml``."""

_ITEM: Final = re.compile(r"(?P<indent> *)(?P<marker>[-*]|\d+\.)(?P<gap> +)\S")
_FENCE: Final = re.compile(r" *(```|~~~)")
_STEP: Final = 4
"""The indentation of a list item's content in Python-Markdown. In CommonMark, it is the width of the marker."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the scripts to the site. Raises FileNotFoundError if they have not been fetched."""
    for name in SCRIPTS:
        content = (SHARE / name).read_text(encoding="utf-8")
        files.append(File.generated(config, f"javascripts/{name}", content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, **_: Any) -> str:
    """Return the source of a page as Python-Markdown reads it."""
    if page.file.src_path == CHANGES:
        markdown += release_notes(Path(config.config_file_path).parent)
    return indented(markdown)


def release_notes(root: Path) -> str:
    """Return the notes of the next release and of all earlier ones. Raises CalledProcessError."""
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "Unreleased"]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    _, _, released = (root / "CHANGELOG.md").read_text(encoding="utf-8").partition(MARKER)
    return f"\n{ended.stdout}\n{released}"


def indented(text: str) -> str:
    """Return Markdown with lists indented for Python-Markdown, and with an empty line before each list."""
    lines: list[str] = []
    widths: list[int] = []
    """The columns at which the content of each open item starts."""
    fenced = False
    for line in text.splitlines():
        if not line.strip():
            lines.append(line)
            continue
        indent = len(line) - len(line.lstrip(" "))
        item = None if fenced else _ITEM.match(line)
        if not fenced:
            while widths and indent < widths[-1] and (item or not lines[-1].strip()):
                widths.pop()
        if _FENCE.match(line):
            fenced = not fenced
        if item and indent - (widths[-1] if widths else 0) < _STEP:
            if not widths and lines and lines[-1].strip() and not _ITEM.match(lines[-1]) and not _continues(lines):
                lines.append("")
            lines.append(" " * _STEP * len(widths) + line[indent:])
            widths.append(item.end("gap"))
        elif widths:
            lines.append(" " * (_STEP * len(widths) + max(indent - widths[-1], 0)) + line[indent:])
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _continues(lines: list[str]) -> bool:
    """Return whether the last line belongs to a list item. A list that continues needs no empty line."""
    for line in reversed(lines):
        if not line.strip():
            return False
        if _ITEM.match(line):
            return True
    return False
