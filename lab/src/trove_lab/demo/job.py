"""Runs the main job: each step to its end, measured, and what is left when all are done."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from trove_lab.demo.measure import Calls, Meter
from trove_lab.demo.steps import STEPS, Job, Step, StepError
from trove_lab.local.records import InstanceRecord

__all__ = ["Job", "Outcome", "Result", "is_done", "leftovers", "run"]

DEADLINE = 300.0
"""Seconds a step may take."""
_GLANCE = 0.1
"""Seconds between two looks at Trove's database."""
_FAULT = 2.0
"""Seconds Trove has to write down the fault of what has failed: it does so after it has set the status."""
_LEFTOVERS = 10.0
"""Seconds the cloud has to be empty after the last step: a volume may go a moment after its server."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a step. ``error`` says why it is not ``ok``."""

    name: str
    seconds: float
    calls: Calls = field(default_factory=Calls)
    engines: Mapping[str, str] = field(default_factory=dict)
    """Who manages each instance it was about, by role: ``stock``, ``native``, ``orchestrator``."""
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the step did what it should."""
        return self.error is None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of the steps with one resource manager.

    ``left`` is what the cloud still holds, each with ``kind``, ``id``, ``name`` and ``status``.
    """

    manager: str
    results: Sequence[Result]
    left: Sequence[dict[str, Any]]

    @property
    def ok(self) -> bool:
        """Whether every step did what it should, and nothing is left."""
        return all(result.ok for result in self.results) and not self.left


class Progress(Protocol):
    """Who is told how the job goes on."""

    def began(self, step: Step) -> None:
        """Tell that a step was asked for."""

    def stands(self, step: Step, state: str, seconds: float) -> None:
        """Tell what Trove says of the instance, again and again."""

    def ended(self, result: Result) -> None:
        """Tell that a step is over."""


def run(job: Job, progress: Progress, steps: Sequence[Step] = STEPS) -> Iterator[Result]:
    """Run the steps. After one that failed only the deletes follow: what was made has to go."""
    meter, failed = Meter(job.control), False
    for step in steps:
        if failed and not (step.deletes and job.there(step.roles)):
            continue
        progress.began(step)
        result = _run_step(job, step, meter, progress)
        failed = failed or not result.ok
        progress.ended(result)
        yield result


def leftovers(job: Job) -> Sequence[dict[str, Any]]:
    """Return what the cloud still holds, once it had its time: each with ``kind``, ``id``, ``name`` and ``status``."""
    deadline = time.monotonic() + _LEFTOVERS
    while True:
        inventory = job.control.get("inventory")
        left = [
            {"kind": kind, "id": row["id"], "name": row.get("name"), "status": row.get("status")}
            for kind, rows in inventory.items()
            for row in rows
        ]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(_GLANCE)


def is_done(record: InstanceRecord, *, deletes: bool) -> bool:
    """Say whether Trove has done what it was asked for. Raises StepError when it has failed."""
    if record.deleted if deletes else record.is_settled:
        return True
    if _has_failed(record):
        raise StepError(f"{record.task} ended in an error: {record.fault or record.guest}")
    return False


def _has_failed(record: InstanceRecord) -> bool:
    return record.task_failed or record.guest.startswith("failed")


def _run_step(job: Job, step: Step, meter: Meter, progress: Progress) -> Result:
    meter.read()
    began = time.monotonic()
    error, calls = None, Calls()
    try:
        step.start(job)
        _settle(job, step, progress, began)
        seconds, calls = time.monotonic() - began, meter.read()
        step.check(job)
    except Exception as failure:  # noqa: BLE001 - whatever went wrong is the step's result
        seconds, error = time.monotonic() - began, str(failure) or type(failure).__name__
        calls = calls if calls.by_trove else meter.read()
    engines = {role: job.engine(role) for role in job.there(step.roles)}
    return Result(name=step.name, seconds=seconds, calls=calls, engines=engines, error=error)


def _settle(job: Job, step: Step, progress: Progress, began: float) -> None:
    """Wait until Trove has done what the step asked for. Raises StepError."""
    roles = job.there(step.roles)
    while (seconds := time.monotonic() - began) < DEADLINE:
        waiting = [record for role in roles if not is_done(record := _read(job, role), deletes=step.deletes)]
        if not waiting:
            return
        progress.stands(step, _state(waiting, len(roles)), seconds)
        time.sleep(_GLANCE)
    last = waiting[0]
    raise StepError(f"not done after {DEADLINE:.0f} s; {last.task}, database {last.guest}, {last.fault}")


def _read(job: Job, role: str) -> InstanceRecord:
    """Return what Trove says of an instance; of one that has failed, with the fault."""
    deadline = time.monotonic() + _FAULT
    while _has_failed(record := job.record(role)) and not record.fault and time.monotonic() < deadline:
        time.sleep(_GLANCE)
    return record


def _state(waiting: Sequence[InstanceRecord], number: int) -> str:
    """Return what Trove says of the first instance that is not done, and how many are."""
    first, done = waiting[0], number - len(waiting)
    of_many = f", {done} of {number} done" if number > 1 else ""
    return f"{first.task.lower()}, database {first.guest or 'not there yet'}{of_many}"
