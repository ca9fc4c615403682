"""The documentation site renders the pages like CommonMark, and loads nothing from other hosts."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from trove_lab.docs import site
from trove_lab.docs.docstrings import as_markdown

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("source", "shown", "reason"),
    [
        ("a\n\n- b\n", "a\n\n- b\n", "a list"),
        ("a\n- b\n- c\n", "a\n\n- b\n- c\n", "a list that interrupts a paragraph"),
        ("- a\n  b\n- c\n", "- a\n    b\n- c\n", "an item of two lines"),
        ("1. a\n\n   b\n\n2. c\n", "1. a\n\n    b\n\n2. c\n", "an item of two paragraphs"),
        ("1. a\n\n       b\n\nc\n", "1. a\n\n        b\n\nc\n", "code in an item, then a paragraph"),
        ("1. a\n   - b\n     c\n2. d\n", "1. a\n    - b\n        c\n2. d\n", "a list in a list"),
        ("1. a\n\n   ```\n   - b\n   ```\n", "1. a\n\n    ```\n    - b\n    ```\n", "a fence in an item"),
        ("```\na\n- b\n  c\n```\n", "```\na\n- b\n  c\n```\n", "a fence"),
        ("    a\n    - b\n", "    a\n    - b\n", "code"),
    ],
)
def test_lists_are_indented_as_the_site_requires(source: str, shown: str, reason: str) -> None:
    assert site.indented(source) == shown, reason


def test_the_change_log_page_has_every_release_note() -> None:
    shown = "".join(site.release_notes(ROOT).split())
    notes = [path for path in (ROOT / "changes").glob("*.md") if path.name != "README.md"]
    missing = [path.name for path in notes if "".join(path.read_text(encoding="utf-8").split()) not in shown]
    assert "##Unreleased" in shown
    assert not missing


def test_site_and_releases_use_the_same_marker_in_the_change_log() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
    assert settings["start_string"].strip() == site.MARKER
    assert site.MARKER in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_script_of_a_page_is_part_of_the_site() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    settings = yaml.load(re.sub(r"!!python/\S+", "", text), yaml.SafeLoader)
    scripts = [*settings["extra_javascript"], *settings["extra"]["polyfills"]]
    assert sorted(scripts) == sorted(f"javascripts/{name}" for name in site.SCRIPTS)
    assert settings["theme"]["font"] is False


@pytest.mark.parametrize(
    ("docstring", "shown", "reason"),
    [
        ("See :class:`trove.X` and :data:`~Y`.", "See `trove.X` and `Y`.", "roles"),
        ("Like this::\n\n    a: b::\n", "Like this:\n\n    a: b:\n", "a block of code after a sentence"),
        ("All errors.\n\n::\n\n    Error\n", "All errors.\n\n\n    Error\n", "a block of code after colons alone"),
        ("``Trove::Nova::Server`` is a type.", "``Trove::Nova::Server`` is a type.", "a type of Heat"),
    ],
)
def test_docstrings_are_rendered_as_markdown(docstring: str, shown: str, reason: str) -> None:
    assert as_markdown(docstring) == shown, reason
