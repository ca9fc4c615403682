"""A run of the benchmark. Each part has its own lab, so that no part is affected by leftovers of another."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bench import crowd, main_job
from bench.measurements import Crowd, Report, Step
from bench.processes import machine
from trove_lab.local.errors import LabError
from trove_lab.local.lab import Lab


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to measure: steps of the main job, and numbers of instances at once. Either may be empty."""

    managers: Sequence[str]
    steps: Sequence[str]
    instances: Sequence[int]


class Run:
    """Carries out a plan, and prints its progress on a console."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self._plan = plan
        self._console = console
        self._steps: list[Step] = []
        self._crowds: list[Crowd] = []
        self._broken: list[str] = []

    def measure(self) -> Report:
        """Measure everything, one part after another. Failures are part of the report."""
        runs_on, began = machine(), time.monotonic()
        for manager in self._plan.managers:
            self._measure(manager)
        return Report(
            machine=runs_on,
            minutes=round((time.monotonic() - began) / 60, 1),
            steps=tuple(self._steps),
            crowds=tuple(self._crowds),
            broken=tuple(self._broken),
        )

    def _measure(self, manager: str) -> None:
        if self._plan.steps:
            with self._lab(manager, "the main job") as lab:
                self._steps += main_job.measure(lab, self._plan.steps, self._console)
        for instances in self._plan.instances:
            with self._lab(manager, f"{instances} at once") as lab:
                for measured in crowd.measure(lab, instances):
                    self._crowds.append(measured)
                    self._say(measured)

    @contextmanager
    def _lab(self, manager: str, part: str) -> Iterator[Lab]:
        """Start a lab for a part. An error of the lab ends the part, but not the run."""
        self._console.print(f"{manager}: {part}")
        try:
            with (
                tempfile.TemporaryDirectory(prefix="trove-bench-") as directory,
                Lab(Path(directory), manager=manager, options=crowd.OPTIONS) as lab,
            ):
                yield lab
        except (LabError, crowd.FirstInstanceError) as error:
            self._broken.append(f"{manager}, {part}: {error}")
            self._console.print(Text(f"✘ {error}", style="red"))

    def _say(self, measured: Crowd) -> None:
        mark, style = ("✘", "red") if measured.failed else ("✔", "green")
        text = f"{mark} {measured.task}, {measured.instances} at once: {measured.seconds:.1f} s"
        self._console.print(Text(f"{text}, {measured.failed} failed" if measured.failed else text, style=style))
