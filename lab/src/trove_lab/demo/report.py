"""The results of the demo as tables, and as JSON."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from trove_lab.demo.job import Outcome, Result
from trove_lab.demo.steps import STEPS

LIFE = "The life of a database instance"
UPGRADE = "The upgrade of a running Trove to the plug-in"
SERVICES = {
    "orchestration": "stacks",
    "compute": "compute",
    "volume": "volume",
    "network": "network",
    "dns": "dns",
}
"""The services with a column of their own, and its heading; identity, images and objects share one.

All columns fit into 80 characters.
"""


def show(console: Console, outcome: Outcome, title: str = LIFE) -> None:
    """Print the table of one manager's steps, and what is left in the cloud.

    There is a column for the engines of the instances when these differ between steps.
    """
    sent = {service for result in outcome.results for service in result.calls.by_trove}
    services = {service: heading for service, heading in SERVICES.items() if service in sent}
    engines = {engine for result in outcome.results for engine in result.engines.values()}
    table = _table(f"{title} (resource manager: {outcome.manager})")
    if len(engines) > 1:
        table.add_column("by", no_wrap=True)
        table.padding = (0, 1, 0, 0)
    plugin = ["plugin"] if any(result.calls.by_plugin for result in outcome.results) else []
    heat = ["heat"] if any(result.calls.by_heat for result in outcome.results) else []
    for name in ("secs", "calls", *plugin, *heat, *services.values(), "other"):
        table.add_column(name, justify="right", no_wrap=True)
    for result in outcome.results:
        calls = result.calls
        table.add_row(
            Text(result.name, style=_style(result)),
            *([", ".join(sorted(set(result.engines.values())))] if len(engines) > 1 else []),
            f"{result.seconds:.1f}",
            str(sum(calls.by_trove.values())),
            *(str(sum(calls.by_plugin.values())) for _ in plugin),
            *(str(sum(calls.by_heat.values())) for _ in heat),
            *(str(calls.by_trove.get(service, 0)) for service in services),
            str(sum(count for service, count in calls.by_trove.items() if service not in SERVICES)),
        )
    console.print(table)
    console.print("calls: requests of Trove to the cloud, in all and by service")
    if plugin:
        console.print("plugin: those of them that the plug-in sent")
    if heat:
        console.print("heat: requests of Heat to the cloud, in addition")
    _show_left(console, "", outcome)


def compare(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print the steps of all managers side by side, and what is left in the cloud of each."""
    # Not the title of the table: it would be wrapped to the table's width.
    console.print(f"{LIFE}: seconds, and requests of Trove to the cloud, by resource manager")
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
            console.print(f"{outcome.manager}: Heat sent {calls} requests to the cloud in addition.")
        _show_left(console, f"{outcome.manager}: ", outcome)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return one manager's results as JSON types."""
    steps = [
        {
            "name": result.name,
            "seconds": round(result.seconds, 3),
            "calls": dict(result.calls.by_trove),
            "calls_by_plugin": dict(result.calls.by_plugin),
            "calls_by_heat": dict(result.calls.by_heat),
            "reads": dict(result.calls.reads),
            "status_reads": result.calls.status_reads,
            "engines": dict(result.engines),
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
    """Return the seconds and calls of a step; None is a step that did not run, because an earlier one failed."""
    if result is None:
        return Text("not run", style="red"), Text("")
    mark = "" if result.ok else "✘ "
    calls = sum(result.calls.by_trove.values())
    return Text(f"{mark}{result.seconds:.1f}", style=_style(result)), Text(str(calls))


def _style(result: Result) -> str:
    return "green" if result.ok else "red"


def _show_left(console: Console, label: str, outcome: Outcome) -> None:
    if not outcome.left:
        console.print(_sentence(label, "nothing is left in the cloud."))
        return
    console.print(Text(_sentence(label, f"left in the cloud: {len(outcome.left)}"), style="red"))
    for each in outcome.left:
        # As text: a name may look like markup.
        console.print(Text(f"  {each['kind']}: {each['id']} {each['name'] or ''} {each['status'] or ''}".rstrip()))


def _sentence(label: str, text: str) -> str:
    return label + text if label else text.capitalize()
