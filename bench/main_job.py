"""The main job of the demonstration, step by step, with the benchmark's durations."""

from collections.abc import Collection, Iterator, Sequence

from rich.console import Console

from bench.cloud_time import cloud_seconds, durations
from bench.measurements import Step
from trove_lab.demo import job, steps
from trove_lab.demo.lab_job import job_of
from trove_lab.demo.progress import ConsoleProgress
from trove_lab.local.lab import Lab

_NEEDS = {"add replica": "delete replica", "delete replica": "add replica"}


def chosen(names: Collection[str]) -> Sequence[steps.Step]:
    """Return the chosen steps and those that they need. An instance is always created first and deleted last."""
    wanted = {*names, *(_NEEDS[name] for name in names if name in _NEEDS), "create", "delete"}
    return [step for step in steps.STEPS if step.name in wanted]


def measure(lab: Lab, names: Collection[str], console: Console) -> Iterator[Step]:
    """Run the job in a lab, and yield the measurements of each chosen step."""
    lab.control.post("durations", durations())
    for result in job.run(job_of(lab), ConsoleProgress(console), chosen(names)):
        if result.name in names:
            yield Step(
                manager=lab.manager,
                task=result.name,
                seconds=round(result.seconds, 3),
                cloud_seconds=cloud_seconds(result.name),
                calls=sum(result.calls.by_trove.values()),
                status_reads=result.calls.status_reads,
                heat_calls=sum(result.calls.by_heat.values()) if "heat" in lab.pids else None,
                error=result.error,
            )
