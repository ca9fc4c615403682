"""Runs the steps of the demo one after the other, measures them, and lists what is left in the cloud."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from trove_lab.demo.measure import Calls, Meter
from trove_lab.demo.steps import STEPS, Job, Step, StepError
from trove_lab.local.records import InstanceRecord

__all__ = ["Job", "Outcome", "Result", "is_done", "leftovers", "run"]

DEADLINE = 300.0
"""Timeout of a step in seconds."""
_POLL_INTERVAL = 0.1
"""Seconds between two reads of Trove's database."""
_FAULT_TIMEOUT = 2.0
"""Seconds to wait for the fault of a failed task: Trove writes it after the status."""
_LEFTOVERS_TIMEOUT = 10.0
"""Seconds to wait for an empty cloud after the last step: a volume may go a moment after its server."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The result of a step. ``error`` is the reason when it is not ``ok``."""

    name: str
    seconds: float
    calls: Calls = field(default_factory=Calls)
    engines: Mapping[str, str] = field(default_factory=dict)
    """Who manages each of its instances, by role: ``stock``, ``native`` or ``orchestrator``."""
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the step succeeded."""
        return self.error is None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The results of all steps with one resource manager.

    ``left`` lists the resources left in the cloud, each with ``kind``, ``id``, ``name`` and ``status``.
    """

    manager: str
    results: Sequence[Result]
    left: Sequence[dict[str, Any]]

    @property
    def ok(self) -> bool:
        """Whether every step succeeded and nothing is left in the cloud."""
        return all(result.ok for result in self.results) and not self.left


class Progress(Protocol):
    """Receives the progress of the steps."""

    def started(self, step: Step) -> None:
        """Handle the start of a step."""

    def waiting(self, step: Step, state: str, seconds: float) -> None:
        """Handle a state that Trove reports. It is called at each poll."""

    def finished(self, result: Result) -> None:
        """Handle the end of a step."""


def run(job: Job, progress: Progress, steps: Sequence[Step] = STEPS) -> Iterator[Result]:
    """Run the steps and yield their results. After a failed step only the deletes run."""
    meter, failed = Meter(job.control), False
    for step in steps:
        if failed and not (step.deletes and job.existing(step.roles)):
            continue
        progress.started(step)
        result = _run_step(job, step, meter, progress)
        failed = failed or not result.ok
        progress.finished(result)
        yield result


def leftovers(job: Job) -> Sequence[dict[str, Any]]:
    """Return the resources left in the cloud when it is empty or the wait timed out, as ``Outcome.left`` has them."""
    deadline = time.monotonic() + _LEFTOVERS_TIMEOUT
    while True:
        inventory = job.control.get("inventory")
        left = [
            {"kind": kind, "id": row["id"], "name": row.get("name"), "status": row.get("status")}
            for kind, rows in inventory.items()
            for row in rows
        ]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(_POLL_INTERVAL)


def is_done(record: InstanceRecord, *, deletes: bool) -> bool:
    """Return whether Trove has finished the task. Raises StepError when the task failed."""
    if record.deleted if deletes else record.is_settled:
        return True
    if _has_failed(record):
        raise StepError(f"{record.task} ended in an error: {record.fault or record.guest}")
    return False


def _has_failed(record: InstanceRecord) -> bool:
    return record.task_failed or record.guest.startswith("failed")


def _run_step(job: Job, step: Step, meter: Meter, progress: Progress) -> Result:
    meter.read()
    start = time.monotonic()
    error, calls = None, Calls()
    try:
        step.start(job)
        _settle(job, step, progress, start)
        seconds, calls = time.monotonic() - start, meter.read()
        step.check(job)
    except Exception as failure:  # noqa: BLE001 - any failure is the step's result
        seconds, error = time.monotonic() - start, str(failure) or type(failure).__name__
        calls = calls if calls.by_trove else meter.read()
    engines = {role: job.engine(role) for role in job.existing(step.roles)}
    return Result(name=step.name, seconds=seconds, calls=calls, engines=engines, error=error)


def _settle(job: Job, step: Step, progress: Progress, start: float) -> None:
    """Wait until Trove has finished the step's tasks. Raises StepError."""
    roles = job.existing(step.roles)
    while (seconds := time.monotonic() - start) < DEADLINE:
        waiting = [record for role in roles if not is_done(record := _read(job, role), deletes=step.deletes)]
        if not waiting:
            return
        progress.waiting(step, _state(waiting, len(roles)), seconds)
        time.sleep(_POLL_INTERVAL)
    last = waiting[0]
    raise StepError(f"timed out after {DEADLINE:.0f} s; {last.task}, database {last.guest}, {last.fault}")


def _read(job: Job, role: str) -> InstanceRecord:
    """Return the record of an instance. If its task failed, wait for the fault."""
    deadline = time.monotonic() + _FAULT_TIMEOUT
    while _has_failed(record := job.record(role)) and not record.fault and time.monotonic() < deadline:
        time.sleep(_POLL_INTERVAL)
    return record


def _state(waiting: Sequence[InstanceRecord], number: int) -> str:
    """Return the state of the first unfinished instance, and how many have finished."""
    first, done = waiting[0], number - len(waiting)
    of_many = f", {done} of {number} done" if number > 1 else ""
    return f"{first.task.lower()}, database {first.guest or 'not created yet'}{of_many}"
