"""What Trove's own code asks, beside the orchestrator, is what the page says."""

from pathlib import Path

from trove_lab.docs import PAGES

PAGE = Path(__file__).parents[2] / "docs" / "reads.md"


def test_the_page_is_what_a_lab_shows() -> None:
    assert PAGE.read_text(encoding="utf-8") == PAGES["reads.md"](), "run `make docs`"
