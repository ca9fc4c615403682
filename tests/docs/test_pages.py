"""Requirements for all pages: lines fit, links and images lead to files, and named modules exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WIDTH = 120
PAGES = sorted(
    str(path.relative_to(ROOT)) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("changes/*.md"))
)
MODULE = re.compile(r"`([a-z_]+(?:/[a-z_]+)+\.py)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_lines_fit(name: str) -> None:
    """Rows of tables are exempt, because they cannot be wrapped."""
    lines = enumerate(_text(name).splitlines(), start=1)
    assert not [f"{name}:{number}" for number, line in lines if len(line) > WIDTH and not line.lstrip().startswith("|")]


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_files(name: str) -> None:
    """Anchors are checked when the site is built."""
    targets = [target for target in LINK.findall(_text(name)) if "://" not in target]
    assert not [target for target in targets if not ((ROOT / name).parent / target).exists()]


def test_the_architecture_names_modules_that_exist() -> None:
    modules = set(MODULE.findall(_text("docs/architecture.md")))
    places = (ROOT / "src" / "trove_resources", ROOT / "lab" / "src" / "trove_lab" / "cloud")
    assert len(modules) > 10
    assert not [module for module in sorted(modules) if not any((place / module).exists() for place in places)]


def test_no_command_installs_another_project_instead_of_our_heat_plug_in() -> None:
    """To pip, ``heat`` is a package of an index, and ``./heat`` is our directory."""
    places = [*PAGES, "devstack/plugin.sh", "devstack/settings", "Makefile"]
    commands = [
        line for name in places for line in _text(name).splitlines() if re.search(r"pip\w* (wheel|install)", line)
    ]
    assert len(commands) > 5
    assert not [line for line in commands if re.search(r" heat\b(?!-)", line) and "-e heat" not in line]
