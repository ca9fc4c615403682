"""The parts that the measurements depend on."""

import os

import psutil
import pytest
from bench_samples import REPORT

from bench import main_job
from bench.cloud_time import CLOUD, PATHS, cloud_seconds
from bench.crowd import peak
from bench.measurements import dump, load
from bench.processes import Usage, machine
from trove_lab.cloud.transitions import DURATIONS
from trove_lab.demo.steps import STEPS


def test_a_report_is_read_as_it_was_written() -> None:
    assert load(dump(REPORT)) == REPORT


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"machine": "m", "minutes": 1, "steps": [{}], "crowds": []}'])
def test_text_that_is_not_a_report_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="not a report of the benchmark"):
        load(text)


def test_the_cloud_knows_every_duration() -> None:
    assert set(CLOUD) <= set(DURATIONS)


def test_every_step_has_its_cloud_time() -> None:
    assert list(PATHS) == [step.name for step in STEPS]
    assert cloud_seconds("resize flavor") == 18.0
    assert cloud_seconds("change access") == 0.0


@pytest.mark.parametrize(
    ("names", "run"),
    [
        (["create"], ["create", "delete"]),
        (["reboot"], ["create", "reboot", "delete"]),
        (["delete replica"], ["create", "add replica", "delete replica", "delete"]),
    ],
)
def test_the_steps_that_a_step_needs_run_with_it(names: list[str], run: list[str]) -> None:
    assert [step.name for step in main_job.chosen(names)] == run


@pytest.mark.parametrize(
    ("times", "most", "reason"),
    [
        ([], 0, "no polls"),
        ([5.0], 1, "one poll"),
        ([0.0, 0.5, 0.99, 1.0], 3, "the next second does not count"),
        ([0.9, 1.0, 1.1, 1.2, 3.0], 4, "the busiest second may start at any time"),
    ],
)
def test_the_peak_is_the_busiest_second(times: list[float], most: int, reason: str) -> None:
    assert peak(times) == most, reason


def test_usage_covers_the_time_of_the_context_manager() -> None:
    before = sum(psutil.Process().cpu_times()[:2])
    with Usage(os.getpid()) as usage:
        sum(range(2_000_000))
    assert 0 < usage.cpu_seconds <= sum(psutil.Process().cpu_times()[:2]) - before
    assert usage.memory > 10


def test_the_machine_is_described() -> None:
    assert f"{psutil.cpu_count()} core" in machine()
    assert "Python 3." in machine()
