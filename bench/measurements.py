"""The measurements of the benchmark, as values and as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the main job with one manager. ``error`` is the reason if it failed."""

    manager: str
    task: str
    seconds: float
    cloud_seconds: float
    calls: int
    status_reads: int
    heat_calls: int | None = None
    """Requests of Heat to the cloud. None if the manager does not use Heat."""
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The same task for many instances at once, with one manager."""

    manager: str
    task: str
    instances: int
    seconds: float
    """Until the last task ended or timed out."""
    cloud_seconds: float
    """The cloud's own seconds for one instance: it works on all of them at once."""
    calls: int
    status_reads: int
    peak: int
    """The largest number of status reads in one second."""
    memory: float
    """The peak memory (RSS) of Trove's process in MiB."""
    cpu_seconds: float
    """CPU seconds of Trove's process, for all instances."""
    heat_calls: int | None = None
    """Requests of Heat to the cloud. None if the manager does not use Heat, as the next two."""
    heat_memory: float | None = None
    """The peak memory (RSS) of Heat's process in MiB."""
    heat_cpu_seconds: float | None = None
    """CPU seconds of Heat's process, for all instances."""
    failed: int = 0
    left: int = 0
    """The number of resources that the cloud still has after a delete."""
    error: str | None = None
    """Why the first failed instance failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The measurements of one run, and its environment."""

    machine: str
    minutes: float
    """The duration of the run."""
    steps: Sequence[Step] = ()
    crowds: Sequence[Crowd] = ()
    broken: Sequence[str] = ()
    """Parts that could not be completed, with the reason, one sentence each."""

    @property
    def managers(self) -> Sequence[str]:
        """The measured managers, in order."""
        names = [*(step.manager for step in self.steps), *(crowd.manager for crowd in self.crowds)]
        return list(dict.fromkeys(names))

    @property
    def failures(self) -> Sequence[str]:
        """What failed and why, one sentence each."""
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
    """Return the report that :func:`dump` wrote. Raises ValueError if it is not one."""
    try:
        given: Mapping[str, Any] = json.loads(text)
        steps = tuple(Step(**each) for each in given["steps"])
        crowds = tuple(Crowd(**each) for each in given["crowds"])
        broken = tuple(map(str, given["broken"]))
        return Report(
            machine=str(given["machine"]), minutes=float(given["minutes"]), steps=steps, crowds=crowds, broken=broken
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a report of the benchmark: {error}") from error
