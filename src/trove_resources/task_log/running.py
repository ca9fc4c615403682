"""A running task, from its events."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from trove_resources.flows.events import Event
from trove_resources.task_log.schema import StepRecord, TaskRecord, WaitRecord

LONGEST_TEXT: Final = 4000
"""The number of characters of an error or a step's detail that are kept."""


@dataclass(slots=True)
class RunningTask:
    """A running task."""

    record: TaskRecord
    began: float
    steps: dict[str, StepRecord] = field(default_factory=dict)
    waits: list[WaitRecord] = field(default_factory=list)
    moments: dict[str, float] = field(default_factory=dict)
    """When each step, or its undo, began."""

    def take(self, event: Event, now: datetime, moment: float) -> None:
        """Update the task from an event."""
        if event.kind == "waiting":
            self.waits.append(WaitRecord(what=event.title, since=now))
        elif event.kind == "waited":
            # Two steps can wait for the same: it makes no difference which of the two has ended.
            over = [wait for wait in self.waits if wait.what == event.title][:1]
            self.waits = [wait for wait in self.waits if wait not in over]
        else:
            known = self.steps.get(event.step)
            began = moment if known is None or event.kind in ("began", "undoing") else self.moments[event.step]
            self.moments[event.step] = began
            step = known or StepRecord(name=event.step, title=event.title, state="running", began=now)
            self.steps[event.step] = _after(step, event, now, moment - began)

    def end(self, error: str | None, now: datetime, moment: float) -> None:
        """Record the end."""
        said = None if error is None else _kept(error)
        self.record = replace(self.record, ended=now, seconds=round(moment - self.began, 3), error=said)
        self.waits.clear()

    def snapshot(self) -> TaskRecord:
        """Return the record of the task as it is now."""
        return replace(self.record, steps=tuple(self.steps.values()), waits=tuple(self.waits))


def _after(step: StepRecord, event: Event, now: datetime, seconds: float) -> StepRecord:
    """Return a step after an event."""
    detail, seconds = _kept(event.detail) or step.detail, round(seconds, 3)
    failed = step.state == "failed"
    match event.kind:
        case "succeeded":
            return replace(step, state="done", seconds=seconds, detail=detail)
        case "failed":
            return replace(step, state="failed", seconds=seconds, detail=detail)
        case "undoing":
            return replace(step, state="failed" if failed else "undoing", detail=detail)
        case "undone":
            return replace(step, state="failed" if failed else "undone", undo_seconds=seconds, detail=detail)
    return replace(step, state="running", began=now, seconds=None, undo_seconds=None)


def _kept(said: str) -> str:
    """Return the part of a text that is kept. SQLite does not accept unpaired surrogates."""
    return said[:LONGEST_TEXT].encode(errors="replace").decode()
