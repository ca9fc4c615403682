"""The page of the results."""

from bench_samples import REPORT, step

from bench import page
from bench.measurements import Report

LINES = page.render(REPORT).splitlines()
"""Of a report with failures."""


def row(beginning: str) -> list[str]:
    """Return the cells of the only row that begins so."""
    (found,) = [line for line in LINES if line.startswith(f"| {beginning}")]
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_a_step_shows_each_manager_beside_the_clouds_own_time() -> None:
    heading = ["step", "cloud", "stock: s", "ratio", "calls", "polls", "native: s", "ratio", "calls", "polls"]
    assert row("step | cloud | stock: s") == heading
    assert row("create | 27 | 33.8") == ["create", "27", "33.8", "1.25", "40", "12", "27.0", "1.00", "40", "12"]


def test_a_step_that_failed_is_shown_as_failed_and_why() -> None:
    assert row("reboot | 12 | *")[2:4] == ["**failed** after 300.1", ""]
    assert "- stock, reboot: not done after 300 s; REBOOTING" in LINES


def test_a_step_that_one_manager_did_not_come_to_is_shown_as_not_run() -> None:
    assert row("delete | 6 | not run")[2:] == ["not run", "", "", "", "6.6", "1.10", "40", "12"]


def test_a_step_that_asks_nothing_slow_of_the_cloud_has_no_ratio() -> None:
    assert row("change access | 0 | 0.3")[2:4] == ["0.3", ""]


def test_many_at_once_are_ordered_by_task_number_and_manager() -> None:
    rows = [line.split("|")[1:5] for line in LINES if line.startswith(("| create | 1", "| delete | 10 "))]
    assert [(task.strip(), number.strip(), manager.strip()) for task, number, _, manager in rows] == [
        ("create", "1", "stock"),
        ("create", "1", "native"),
        ("create", "10", "stock"),
        ("create", "10", "native"),
        ("delete", "10", "stock"),
    ]


def test_many_at_once_have_polls_a_second_and_cpu_of_each_instance() -> None:
    wanted = ["40.0", "1.48", "300", "80", "2.0", "5", "160", "0.50", "0", ""]
    assert row("create | 10 | 27 | stock")[4:] == wanted


def test_those_that_failed_and_what_is_left_are_counted() -> None:
    assert row("create | 10 | 27 | native")[5] == ""
    assert row("create | 10 | 27 | native")[-2:] == ["**2**", ""]
    assert row("delete | 10 ")[-1] == "4"
    assert "- native, create of 10 at once, 2 failed: ended in an error: no valid host" in LINES


def test_a_part_that_broke_is_told() -> None:
    assert "- native, 100 at once: Trove ended with status 1" in LINES


def test_the_clouds_own_time_is_explained() -> None:
    create = "`volume.create` 4 + `server.build` 15 + `guest.boot` 3 + `guest.prepare` 5"
    assert row("create | 27 | `volume")[2] == create
    assert row("`server.build`")[1] == "15"


def test_machine_and_time_of_the_run_are_told() -> None:
    assert "This run took 12.3 minutes on 2 cores, of a sample." in LINES


def test_without_failures_and_without_many_at_once_nothing_is_said_of_them() -> None:
    text = page.render(Report(machine="m", minutes=1.0, steps=(step("native", "create", 28.0),)))
    assert "What failed" not in text
    assert "at once\n" not in text
