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

from trove_lab.demo.job import Result
from trove_lab.demo.steps import Step

SERVICES = {
    "compute": "compute",
    "volume": "volume",
    "network": "network",
    "dns": "dns",
    "image": "image",
    "object_store": "object",
    "identity": "identity",
}
"""The services in the table's order, with their headings: those a job asks fit on 80 characters."""


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


def show(console: Console, manager: str, results: Sequence[Result], left: Sequence[dict[str, Any]]) -> None:
    """Print the table of the steps, and what the cloud still holds."""
    asked = {service for result in results for service in result.calls.by_trove}
    services = {service: heading for service, heading in SERVICES.items() if service in asked}
    table = Table(title=f"The main job, resource manager: {manager}", title_justify="left", box=box.SIMPLE_HEAD)
    table.show_edge, table.padding = False, (0, 0)
    table.add_column("step", no_wrap=True)
    plugin = ["ours"] if any(result.calls.by_plugin for result in results) else []
    for name in ("secs", "calls", *plugin, *services.values()):
        table.add_column(name, justify="right", no_wrap=True)
    for result in results:
        calls = result.calls
        table.add_row(
            Text(result.name, style="green" if result.ok else "red"),
            f"{result.seconds:.1f}",
            str(sum(calls.by_trove.values())),
            *(str(sum(calls.by_plugin.values())) for _ in plugin),
            *(str(calls.by_trove.get(service, 0)) for service in services),
        )
    console.print(table)
    if not left:
        console.print("The cloud holds nothing any more.")
        return
    console.print(Text(f"The cloud still holds {len(left)} resources:", style="red"))
    for each in left:
        console.print(f"  {each['kind']}: {each['id']} {each['name'] or ''} {each['status'] or ''}".rstrip())


def write_json(path: Path, manager: str, results: Sequence[Result], left: Sequence[dict[str, Any]]) -> None:
    """Write the same as JSON. Raises OSError."""
    steps = [
        {
            "name": result.name,
            "seconds": round(result.seconds, 3),
            "calls": dict(result.calls.by_trove),
            "calls_by_plugin": dict(result.calls.by_plugin),
            "ok": result.ok,
            **({"error": result.error} if result.error else {}),
        }
        for result in results
    ]
    report = {"manager": manager, "steps": steps, "leftovers": list(left)}
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
