"""The page of what minicloud implements, from its tables of routes."""

import inspect
from collections.abc import Mapping, Sequence
from importlib import import_module

from trove_lab.cloud.cloud import SERVICES
from trove_lab.cloud.control.guests import MISBEHAVIOURS
from trove_lab.cloud.faults import KINDS
from trove_lab.cloud.http import Route, Service
from trove_lab.cloud.transitions import DURATIONS

_HEAD = """\
# What minicloud implements

This page is generated: `make docs`. What is not on it is answered with 404, but for what is below `/orchestration`
where the cloud stands before a Heat: all of that is passed on to it.
"""


def page() -> str:
    """Return the page."""
    parts = [_HEAD, *(_service(service) for service in SERVICES)]
    parts += [_table("Durations", "duration", DURATIONS), _table("Kinds of faults", "kind", KINDS)]
    parts.append(_table("Misbehaviours of guests", "kind", MISBEHAVIOURS))
    return "\n".join(parts)


def _service(service: Service) -> str:
    document = import_module(f"trove_lab.cloud.{service.name}").__doc__ or ""
    lines = [f"## {document.splitlines()[0].split('. Source')[0].rstrip('.')}", ""]
    catalog = f"; in the catalog as {_quoted(service.types)}" if service.types else ""
    lines.append(f"Below `{service.mount}`{catalog}.")
    versions = service.microversions
    if versions:
        lines.append(f"Microversions {_version(versions.lowest)} to {_version(versions.highest)}.")
    lines += ["", "| request | |", "|---|---|"]
    lines += [_row(route) for route in sorted(service.routes, key=lambda route: (route.path, route.method))]
    return "\n".join(lines) + "\n"


def _row(route: Route) -> str:
    path = route.path.replace("<int:", "{").replace("<path:", "{").replace("<", "{").replace(">", "}")
    text = (inspect.getdoc(route.handler) or "").partition("\n")[0]
    said = text.partition(": ")[2] or text.partition(". ")[2] or ""
    notes = [said[:1].upper() + said[1:].rstrip(".")]
    if route.actions:
        notes.append(_quoted(route.actions))
    if route.since > (0, 0):
        notes.append(f"since {_version(route.since)}")
    if route.admin:
        notes.append("administrators")
    return f"| `{route.method} {path}` | {'; '.join(note for note in notes if note)} |"


def _table(title: str, heading: str, rows: Mapping[str, str]) -> str:
    lines = [f"## {title}", "", f"| {heading} | |", "|---|---|"]
    lines += [f"| `{name}` | {text} |" for name, text in rows.items()]
    return "\n".join(lines) + "\n"


def _version(version: tuple[int, int]) -> str:
    return "{}.{}".format(*version)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
