"""Sorting and pages of Cinder's lists. Each resource has its own filters."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.table import MarkerNotFoundError, Row, page
from trove_lab.cloud.volume import errors
from trove_lab.cloud.volume.request import Request
from trove_lab.cloud.volume.views import base

R = TypeVar("R", bound=Row)

MAX_LIMIT = 1000
"""The maximum number of rows of a page: osapi_max_limit."""
PAGING = {"limit", "marker", "offset", "sort", "sort_key", "sort_dir", "with_count", "all_tenants", "project_id"}
SORT_KEYS = {
    "id": "id",
    "name": "name",
    "display_name": "name",
    "status": "status",
    "size": "size",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "availability_zone": "availability_zone",
    "bootable": "bootable",
    "host": "id",
    "volume_id": "volume_id",
}


def respond(request: Request, path: str, rows: Sequence[R], kind: str, view: Callable[[Request, R], Json]) -> Reply:
    """Return a reply with one page of rows in the requested order, and a link to the next page.

    ``path`` is the path of the list, which begins with the name of the list in the reply. ``kind`` is the name of the
    resource in the error for an unknown marker.
    """
    name = path.split("/")[1]
    limit = _number(request, "limit", MAX_LIMIT)
    offset = _number(request, "offset", 0)
    ordered = _sorted(request, rows)
    try:
        shown, more = page(ordered, marker=request.args.get("marker"), limit=None)
    except MarkerNotFoundError as error:
        raise errors.not_found(kind, str(error)) from error
    shown = shown[offset:]
    more, shown = len(shown) >= limit > 0, shown[:limit]
    body: Json = {name: [view(request, row) for row in shown]}
    if more and "limit" in request.args:
        query = {key: value for key, value in request.args.items() if key != "marker"} | {"marker": shown[-1].id}
        body[f"{name}_links"] = [{"rel": "next", "href": f"{base(request)}{path}?{urlencode(query)}"}]
    if request.at_least((3, 45)) and request.args.get("with_count", "").lower() in ("true", "1"):
        body["count"] = len(rows)
    return Reply(200, body)


def owned(request: Request, rows: Sequence[R]) -> list[R]:
    """Return the rows of the caller's project. An administrator may ask for all projects or another one."""
    everything = request.caller.is_admin and _truth(request.args.get("all_tenants", "0"))
    wanted = request.args.get("project_id") if everything else request.project_id
    return [row for row in rows if wanted is None or getattr(row, "project_id", None) == wanted]


def reject_unknown(request: Request, known: Collection[str]) -> None:
    """Reject unknown filters since 3.31. Before, they are ignored."""
    if not request.at_least((3, 31)) or request.caller.is_admin:
        return
    unknown = [name for name in request.args if name not in known and name not in PAGING]
    if unknown:
        raise errors.bad_request(f"Invalid filters {','.join(unknown)} are found in query options.")


def named(text: str) -> dict[str, Any]:
    """Return the mapping in the value of a filter, which clients write in Python or in JSON."""
    for read in (ast.literal_eval, json.loads):
        try:
            value = read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    return {}


def _truth(text: str) -> bool:
    return text.lower() in ("1", "true", "t", "yes", "on", "y")


def _number(request: Request, name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    try:
        number = int(text)
    except ValueError:
        raise errors.bad_request(f"{name} param must be an integer") from None
    if number < 0:
        raise errors.bad_request(f"{name} param must be positive")
    return min(number, MAX_LIMIT) if name == "limit" else number


def _sorted(request: Request, rows: Sequence[R]) -> list[R]:
    """Return the rows in the requested order. The default is newest first."""
    if "sort" in request.args:
        asked = [part.partition(":") for part in request.args["sort"].split(",")]
        keys = [(name.strip(), direction.strip() or "desc") for name, _, direction in asked]
    else:
        keys = [(request.args.get("sort_key", "created_at"), request.args.get("sort_dir", "desc"))]
    ordered = list(reversed(rows)) if keys == [("created_at", "desc")] else list(rows)
    for name, direction in reversed(keys):
        attribute = SORT_KEYS.get(name)
        if attribute is None:
            raise errors.bad_request("Invalid input received: Invalid sort key")
        if direction not in ("asc", "desc"):
            raise errors.bad_request("Invalid input received: Unknown sort direction, must be 'desc' or 'asc'.")

        def order(row: R, by: str = attribute) -> tuple[bool, Any]:
            value = getattr(row, by, None)
            return value is not None, value if value is not None else 0

        ordered.sort(key=order, reverse=direction == "desc")
    return ordered
