"""The pages recorded with a real Heat match its requests."""

from pathlib import Path

from trove_lab.docs import PAGES
from trove_lab.docs.calls_of_heat import ORDER, requests
from trove_resources.contract import supported
from trove_resources.orchestrator import Orchestrator

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_reads_matches_a_lab() -> None:
    assert (DOCS / "reads.md").read_text(encoding="utf-8") == PAGES["reads.md"](), "run `make docs`"


def test_all_requests_are_on_the_page_of_calls() -> None:
    """The page may have more: some are only requested if an update is canceled in time or a trust is deleted late."""
    page = (DOCS / "calls-of-heat.md").read_text(encoding="utf-8")
    missing = [f"{client}: {request}" for client, request in requests() if f"`{request}`" not in page]
    assert not missing, "run `make docs`"


def test_the_page_of_calls_has_every_operation() -> None:
    assert set(ORDER) == supported(Orchestrator)
