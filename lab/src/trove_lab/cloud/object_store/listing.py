"""Lists of containers and objects: by prefix and delimiter, in JSON or as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.object_store import errors
from trove_lab.cloud.object_store.request import Request

MAX_LIMIT = 10_000
"""The maximum number of names in a list."""


def respond(request: Request, rows: Iterable[Json], headers: Mapping[str, str]) -> Reply:
    """Return a reply with the rows, each with a ``name``, that the query asks for."""
    shown = _select(request, sorted(rows, key=lambda row: str(row["name"])))
    if request.args.get("format") == "json" or "application/json" in request.headers.get("Accept", ""):
        return Reply(200, shown, {**headers, "Content-Type": "application/json; charset=utf-8"})
    text = "".join(f"{row.get('name') or row['subdir']}\n" for row in shown)
    plain = {**headers, "Content-Type": "text/plain; charset=utf-8"}
    return Reply(200, text.encode(), plain) if text else Reply(204, None, headers)


def _select(request: Request, rows: list[Json]) -> list[Json]:
    args = request.args
    limit, prefix, delimiter = _limit(request), args.get("prefix", ""), args.get("delimiter", "")
    after, before = args.get("marker", ""), args.get("end_marker", "")
    if args.get("reverse", "").lower() in ("true", "1", "yes", "on"):
        rows, after, before = rows[::-1], before, after
    found: list[Json] = []
    folders: set[str] = set()
    for row in rows:
        name = str(row["name"])
        rest = name.removeprefix(prefix)
        folder = prefix + rest.partition(delimiter)[0] + delimiter if delimiter and delimiter in rest else ""
        shown = folder or name
        if not name.startswith(prefix) or shown <= after or (before and shown >= before) or folder in folders:
            continue
        if folder:
            folders.add(folder)
        found.append({"subdir": folder} if folder else row)
        if len(found) == limit:
            break
    return found[:limit]


def _limit(request: Request) -> int:
    text = request.args.get("limit", str(MAX_LIMIT))
    if not text.isdecimal():
        return MAX_LIMIT
    if int(text) > MAX_LIMIT:
        raise errors.refused(412, f"Maximum limit is {MAX_LIMIT}")
    return int(text)
