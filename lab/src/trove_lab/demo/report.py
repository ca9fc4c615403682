"""The main job as a person sees it: progress while it runs, a table at its end; and as JSON."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from trove_lab.demo.job import Outcome, Result
from trove_lab.demo.steps import STEPS, Step

SERVICES = {
    "orchestration": "stacks",
    "compute": "compute",
    "volume": "volume",
    "network": "network",
    "dns": "dns",
}
"""The services with a column of their own, with its heading; identity, images and objects share one.

All of them fit on 80 characters.
"""


class ConsoleProgress:
    """Says what is happening: a line that moves on a terminal, a line a change elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._moving: Status | None = None
        self._said = ""

    def began(self, step: Step) -> None:
        """Say which step comes."""
        self._said = ""
        if self._console.is_terminal:
            self._moving = self._console.status(f"{step.name} …")
            self._moving.start()

    def stands(self, step: Step, state: str, seconds: float) -> None:
        """Say what Trove says."""
        if self._moving:
            self._moving.update(f"{step.name}: {state}, {seconds:.0f} s")
        elif state != self._said:
            self._said = state
            self._console.print(f"  {seconds:5.1f} s  {step.name}: {state}")

    def ended(self, result: Result) -> None:
        """Say how it ended."""
        if self._moving:
            self._moving.stop()
            self._moving = None
        mark, style = ("✔", "green") if result.ok else ("✘", "red")
        text = f"{mark} {result.name}: {result.seconds:.1f} s" + (f": {result.error}" if result.error else "")
        self._console.print(Text(text, style=style))


def show(console: Console, outcome: Outcome) -> None:
    """Print the table of one manager's steps, and what the cloud still holds."""
    asked = {service for result in outcome.results for service in result.calls.by_trove}
    services = {service: heading for service, heading in SERVICES.items() if service in asked}
    table = _table(f"The main job, resource manager: {outcome.manager}")
    plugin = ["ours"] if any(result.calls.by_plugin for result in outcome.results) else []
    heat = ["heat's"] if any(result.calls.by_heat for result in outcome.results) else []
    for name in ("secs", "calls", *plugin, *heat, *services.values(), "other"):
        table.add_column(name, justify="right", no_wrap=True)
    for result in outcome.results:
        calls = result.calls
        table.add_row(
            Text(result.name, style=_style(result)),
            f"{result.seconds:.1f}",
            str(sum(calls.by_trove.values())),
            *(str(sum(calls.by_plugin.values())) for _ in plugin),
            *(str(sum(calls.by_heat.values())) for _ in heat),
            *(str(calls.by_trove.get(service, 0)) for service in services),
            str(sum(count for service, count in calls.by_trove.items() if service not in SERVICES)),
        )
    console.print(table)
    if outcome.left:
        _show_left(console, "The", outcome)
    else:
        console.print("The cloud holds nothing any more.")


def compare(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print the steps of all managers side by side, and what the cloud of each still holds."""
    # A title of the table would be broken to the table's width.
    console.print("The main job, seconds and calls to the cloud by resource manager:")
    table = _table()
    table.padding = (0, 1, 0, 0)
    for outcome in outcomes:
        table.add_column(f"{outcome.manager}\nsecs", justify="right", no_wrap=True)
        table.add_column("\ncalls", justify="right", no_wrap=True)
    by_manager = [{result.name: result for result in outcome.results} for outcome in outcomes]
    for step in STEPS:
        cells = [cell for results in by_manager for cell in _cells(results.get(step.name))]
        table.add_row(step.name, *cells)
    console.print(table)
    for outcome in outcomes:
        if calls := sum(sum(result.calls.by_heat.values()) for result in outcome.results):
            console.print(f"{outcome.manager}: Heat made {calls} calls to the cloud for these.")
        if outcome.left:
            _show_left(console, f"{outcome.manager}: the", outcome)
        else:
            console.print(f"{outcome.manager}: the cloud holds nothing any more.")


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return one manager's report, of what JSON knows."""
    steps = [
        {
            "name": result.name,
            "seconds": round(result.seconds, 3),
            "calls": dict(result.calls.by_trove),
            "calls_by_plugin": dict(result.calls.by_plugin),
            "calls_by_heat": dict(result.calls.by_heat),
            "reads": dict(result.calls.reads),
            "status_reads": result.calls.status_reads,
            "ok": result.ok,
            **({"error": result.error} if result.error else {}),
        }
        for result in outcome.results
    ]
    return {"manager": outcome.manager, "steps": steps, "leftovers": list(outcome.left)}


def write_json(path: Path, report: dict[str, Any]) -> None:
    """Write a report as JSON. Raises OSError."""
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def _table(title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    table.show_edge, table.padding = False, (0, 0)
    table.add_column("step", no_wrap=True, vertical="bottom")
    return table


def _cells(result: Result | None) -> tuple[Text, Text]:
    """Return seconds and calls of a step, or that it was not run, because one before it failed."""
    if result is None:
        return Text("not run", style="red"), Text("")
    mark = "" if result.ok else "✘ "
    calls = sum(result.calls.by_trove.values())
    return Text(f"{mark}{result.seconds:.1f}", style=_style(result)), Text(str(calls))


def _style(result: Result) -> str:
    return "green" if result.ok else "red"


def _show_left(console: Console, beginning: str, outcome: Outcome) -> None:
    console.print(Text(f"{beginning} cloud still holds {len(outcome.left)} resources:", style="red"))
    for each in outcome.left:
        # As it is: a name is no markup.
        console.print(Text(f"  {each['kind']}: {each['id']} {each['name'] or ''} {each['status'] or ''}".rstrip()))
