"""The picture of the results."""

from xml.etree import ElementTree as ET

import pytest
from bench_samples import REPORT

from bench import plot
from bench.measurements import Report

TEXT = "{http://www.w3.org/2000/svg}text"


def words(report: Report) -> list[str]:
    """Return the texts in a report's picture."""
    root = ET.fromstring(plot.render(report))  # noqa: S314 - we wrote it
    return ["".join(each.itertext()).strip() for each in root.iter(TEXT)]


def test_it_names_the_steps_the_managers_and_the_cloud() -> None:
    assert {"create", "reboot", "delete", "stock", "native", "the cloud", "seconds"} <= set(words(REPORT))


def test_it_has_the_numbers_of_instances_and_both_lines_of_a_manager() -> None:
    assert {"1", "10", "native", "native, peak", "stock, peak"} <= set(words(REPORT))


def test_failures_are_shown() -> None:
    assert words(REPORT).count("failed") == 1
    assert words(REPORT).count("2 failed") == 1


def test_the_same_results_give_the_same_picture() -> None:
    assert plot.render(REPORT) == plot.render(REPORT)


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(Report(machine="m", minutes=1.0, steps=REPORT.steps), id="no instances at once"),
        pytest.param(Report(machine="m", minutes=1.0, crowds=REPORT.crowds), id="no main job"),
        pytest.param(Report(machine="m", minutes=1.0), id="nothing at all"),
    ],
)
def test_a_part_of_the_benchmark_has_a_picture_too(report: Report) -> None:
    assert "Main job: seconds by step" in words(report)
