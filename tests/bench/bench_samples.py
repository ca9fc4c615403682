"""A report with everything that can go wrong."""

from dataclasses import replace

from bench.cloud_time import cloud_seconds
from bench.measurements import Crowd, Report, Step


def step(manager: str, task: str, seconds: float, error: str | None = None, heat_calls: int | None = None) -> Step:
    return Step(
        manager=manager,
        task=task,
        seconds=seconds,
        cloud_seconds=cloud_seconds(task),
        calls=40,
        status_reads=12,
        heat_calls=heat_calls,
        error=error,
    )


def crowd(manager: str, task: str, instances: int, seconds: float) -> Crowd:
    return Crowd(
        manager=manager,
        task=task,
        instances=instances,
        seconds=seconds,
        cloud_seconds=cloud_seconds(task),
        calls=30 * instances,
        status_reads=8 * instances,
        peak=5,
        memory=160.4,
        cpu_seconds=0.5 * instances,
    )


REPORT = Report(
    machine="2 cores, of a sample",
    minutes=12.34,
    steps=(
        step("stock", "create", 33.75),
        step("stock", "change access", 0.3),
        step("stock", "reboot", 300.1, error="timed out after 300 s;\nREBOOTING"),
        step("native", "create", 27.0),
        step("native", "reboot", 13.0),
        step("native", "change access", 0.2),
        step("native", "delete", 6.6),
        step("orchestrator", "create", 32.4, heat_calls=55),
    ),
    crowds=(
        crowd("stock", "create", 10, 40.0),
        crowd("stock", "create", 1, 32.0),
        replace(crowd("stock", "delete", 10, 20.0), left=4),
        crowd("native", "create", 1, 28.0),
        replace(crowd("native", "create", 10, 30.0), failed=2, error="ended in an error: no valid host"),
        replace(crowd("orchestrator", "create", 10, 54.0), heat_calls=550, heat_memory=205.2, heat_cpu_seconds=21.4),
    ),
    broken=("native, 100 at once: Trove ended with status 1",),
)
"""Stock's reboot fails and ends its job. Two of native's ten creates fail, and one of its parts breaks."""
