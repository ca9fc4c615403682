"""What the benchmark measures, as values, and as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the main job with one manager. ``error`` says why it failed."""

    manager: str
    task: str
    seconds: float
    cloud_seconds: float
    calls: int
    status_reads: int
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The same task for many instances at once, with one manager."""

    manager: str
    task: str
    instances: int
    seconds: float
    """Until the last one was done, or given up."""
    cloud_seconds: float
    """What one of them must pass through: the cloud does many things at once."""
    calls: int
    status_reads: int
    peak: int
    """The most status reads in one second."""
    memory: float
    """The most MiB Trove's process held (RSS)."""
    cpu_seconds: float
    """Of Trove's process, for all of them."""
    failed: int = 0
    left: int = 0
    """Of a delete: how many resources the cloud still holds after it."""
    error: str | None = None
    """Why the first of those failed that did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything of one run, and in which surroundings."""

    machine: str
    minutes: float
    """How long it took."""
    steps: Sequence[Step] = ()
    crowds: Sequence[Crowd] = ()
    broken: Sequence[str] = ()
    """Parts that could not be measured to their end, and why, a sentence each."""

    @property
    def managers(self) -> Sequence[str]:
        """The managers that were measured, in order."""
        names = [*(step.manager for step in self.steps), *(crowd.manager for crowd in self.crowds)]
        return list(dict.fromkeys(names))

    @property
    def failures(self) -> Sequence[str]:
        """What failed and why, a sentence each."""
        steps = [f"{each.manager}, {each.task}: {each.error}" for each in self.steps if each.error]
        crowds = [
            f"{each.manager}, {each.task} of {each.instances} at once, {each.failed} failed: {each.error}"
            for each in self.crowds
            if each.error
        ]
        return [*steps, *crowds, *self.broken]


def dump(report: Report) -> str:
    """Return a report as JSON."""
    return json.dumps(asdict(report), indent=2) + "\n"


def load(text: str) -> Report:
    """Return the report that :func:`dump` wrote. Raises ValueError when it is none."""
    try:
        given: Mapping[str, Any] = json.loads(text)
        steps = tuple(Step(**each) for each in given["steps"])
        crowds = tuple(Crowd(**each) for each in given["crowds"])
        broken = tuple(map(str, given["broken"]))
        return Report(
            machine=str(given["machine"]), minutes=float(given["minutes"]), steps=steps, crowds=crowds, broken=broken
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"no report of the benchmark: {error}") from error
