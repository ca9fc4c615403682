"""The generated pages match the code."""

from pathlib import Path

import pytest

from trove_lab.docs import PAGES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", sorted(PAGES.keys() - {"reads.md", "calls-of-heat.md"}))
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"
