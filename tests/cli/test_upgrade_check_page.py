"""docs/upgrade-check.md says what the check does, and docs/upgrade.md how each step of an upgrade ends."""

import re
from pathlib import Path

from status_kit import FAILURE, SUCCESS, Status, status  # noqa: F401 - a fixture

from cli.conftest import Configured
from trove_resources.cli.status import release
from trove_resources.cli.status.main import CHECKS, EPILOG
from trove_resources.plugin.database import ownership

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "upgrade-check.md").read_text()


def test_the_page_has_every_check_in_the_order_in_which_it_is_printed() -> None:
    _, table = PAGE.split("| check | warning | failure | what to do |\n|---|---|---|---|\n")
    rows, _ = table.split("\n\n", 1)
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows.splitlines()] == [check.name for check in CHECKS]


def test_the_page_has_the_exit_codes_of_the_help() -> None:
    in_page = re.findall(r"^\| (\d+) \| ", PAGE, re.MULTILINE)
    assert in_page == re.findall(r"(?<![\w.])(\d+) (?=success|at least|nothing)", EPILOG) == ["0", "1", "2", "255"]


def test_the_page_names_the_releases_that_are_tested() -> None:
    assert f"not one of the tested ones, {release.KNOWN.start} to {release.KNOWN.stop - 1} |" in PAGE


def test_the_steps_of_an_upgrade_end_as_the_page_says(
    trove: Configured,
    status: Status,  # noqa: F811
    tmp_path: Path,
) -> None:
    said = " ".join((DOCS / "upgrade.md").read_text().split())
    text = f"{trove.file.read_text()}[trove_resources]\ntask_log = {tmp_path}/tasks.sqlite\n"
    trove.file.write_text(text)
    failing = []
    for step in (lambda: None, lambda: ownership.upgrade(trove.engine), lambda: install(trove)):
        step()
        checked = status(trove.option)
        failing.append(({name for name, code in checked.codes.items() if code == FAILURE}, checked.code))
    assert failing == [
        ({"Columns of Trove's database", "Task manager"}, FAILURE),
        ({"Task manager"}, FAILURE),
        (set(), SUCCESS),
    ]
    assert (
        "Before step 1 it fails for the columns and the task manager; after step 1 for the task manager only (exit code"
        " 2); after step 2 it succeeds (0)."
    ) in said


def install(trove: Configured) -> None:
    """Write what the drop-in sets."""
    lines = "[DEFAULT]\ntaskmanager_manager = trove_resources.plugin.Manager\nresource_manager = native\n"
    trove.file.write_text(f"{trove.file.read_text()}{lines}")
