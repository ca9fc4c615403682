"""The page of the results."""

from bench_samples import REPORT, step

from bench import page
from bench.measurements import Report

LINES = page.render(REPORT).splitlines()
"""The page of a report with failures."""


def row(beginning: str) -> list[str]:
    """Return the cells of the only row with this beginning."""
    (found,) = [line for line in LINES if line.startswith(f"| {beginning}")]
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_a_step_shows_the_seconds_of_each_manager_next_to_the_clouds_own_time() -> None:
    assert row("step | cloud | stock") == ["step", "cloud", "stock", "native", "orchestrator"]
    assert row("create | 27 | 33.8") == ["create", "27", "33.8 (1.25)", "27.0 (1.00)", "32.4 (1.20)"]


def test_a_step_shows_the_requests_of_each_manager_and_those_of_its_heat() -> None:
    assert row("step | stock") == ["step", "stock", "native", "orchestrator"]
    assert row("create | 40") == ["create", "40 (12)", "40 (12)", "40 (12) + 55"]


def test_a_failed_step_is_shown_with_its_reason() -> None:
    assert row("reboot | 12 | *")[2:] == ["**failed** after 300.1", "13.0 (1.08)", "not run"]
    assert "- stock, reboot: timed out after 300 s; REBOOTING" in LINES


def test_a_step_that_a_manager_did_not_reach_is_shown_as_not_run() -> None:
    assert row("delete | 6 | not run")[2:] == ["not run", "6.6 (1.10)", "not run"]
    assert row("delete | not run")[1:] == ["not run", "40 (12)", "not run"]


def test_a_step_without_cloud_time_has_no_ratio() -> None:
    assert row("change access | 0 | 0.3")[2:] == ["0.3", "0.2", "not run"]


def test_many_at_once_are_ordered_by_task_number_and_manager() -> None:
    rows = [line.split("|")[1:5] for line in LINES if line.startswith(("| create | 1", "| delete | 10 "))]
    assert [(task.strip(), number.strip(), manager.strip()) for task, number, _, manager in rows] == [
        ("create", "1", "stock"),
        ("create", "1", "native"),
        ("create", "10", "stock"),
        ("create", "10", "native"),
        ("create", "10", "orchestrator"),
        ("delete", "10", "stock"),
    ]


def test_many_at_once_have_polls_per_second_and_cpu_seconds_per_instance() -> None:
    wanted = ["40.0", "1.48", "300", "80", "2.0", "5", "160", "0.50", "0", ""]
    assert row("create | 10 | 27 | stock")[4:] == wanted


def test_many_at_once_have_the_calls_memory_and_cpu_seconds_of_heat() -> None:
    wanted = ["54.0", "2.00", "300 + 550", "80", "1.5", "5", "160 + 205", "0.50 + 2.14", "0", ""]
    assert row("create | 10 | 27 | orchestrator")[4:] == wanted


def test_failed_instances_and_leftovers_are_counted() -> None:
    assert row("create | 10 | 27 | native")[5] == ""
    assert row("create | 10 | 27 | native")[-2:] == ["**2**", ""]
    assert row("delete | 10 ")[-1] == "4"
    assert "- native, create of 10 at once, 2 failed: ended in an error: no valid host" in LINES


def test_a_broken_part_is_reported() -> None:
    assert "- native, 100 at once: Trove ended with status 1" in LINES


def test_the_clouds_own_time_is_explained() -> None:
    create = "volume.create 4 + server.build 15 + guest.boot 3 + guest.prepare 5"
    assert row("create | 27 | volume")[2] == create
    assert row("`server.build`")[1] == "15"


def test_machine_and_duration_of_the_run_are_reported() -> None:
    assert "This run took 12.3 minutes on 2 cores, of a sample." in LINES


def test_sections_without_measurements_are_omitted() -> None:
    text = page.render(Report(machine="m", minutes=1.0, steps=(step("native", "create", 28.0),)))
    assert "## Failures" not in text
    assert "at once\n" not in text


def test_lines_are_at_most_120_columns_wide() -> None:
    assert [line for line in LINES if len(line) > 120] == []
