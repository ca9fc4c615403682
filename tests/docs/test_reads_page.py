"""The pages that a real Heat is started for say what is asked then."""

from pathlib import Path

from trove_lab.docs import PAGES
from trove_lab.docs.calls_of_heat import ORDER, requests
from trove_resources.contract import supported
from trove_resources.orchestrator import Orchestrator

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_of_reads_is_what_a_lab_shows() -> None:
    assert (DOCS / "reads.md").read_text(encoding="utf-8") == PAGES["reads.md"](), "run `make docs`"


def test_all_that_is_asked_is_on_the_page_of_calls() -> None:
    """It may have more: some is asked only when an update is cancelled in time, or a trust goes late."""
    page = (DOCS / "calls-of-heat.md").read_text(encoding="utf-8")
    missing = [f"{client}: {request}" for client, request in requests() if f"`{request}`" not in page]
    assert not missing, "run `make docs`"


def test_the_page_of_calls_has_every_operation() -> None:
    assert set(ORDER) == supported(Orchestrator)
