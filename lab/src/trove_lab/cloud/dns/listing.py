"""Filters, sorting and pages of Designate's lists."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from trove_lab.cloud.dns import errors
from trove_lab.cloud.dns.request import Request
from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.table import MarkerNotFoundError, Row, page

R = TypeVar("R", bound=Row)

MIN_LIMIT, DEFAULT_LIMIT, MAX_LIMIT = 1, 20, 1000
"""The minimum, default and maximum number of rows of a page."""
_PAGING = ("limit", "marker", "sort_key", "sort_dir", "all_projects", "all_tenants", "edit_managed_records")


def respond(
    request: Request,
    name: str,
    rows: Sequence[R],
    view: Callable[[Request, R], Json],
    *,
    filters: Sequence[str],
    sort_keys: Sequence[str],
) -> Reply:
    """Return a reply with one page of the rows that match the filters."""
    unknown = [key for key in request.args if key not in _PAGING and key not in filters]
    if unknown:
        raise errors.bad_request(f"Invalid filters {', '.join(unknown)}")
    limit, marker = _limit(request), request.args.get("marker")
    if marker is not None and not is_uuid(marker):
        raise ApiError(400, "invalid_marker", "")
    found = [row for row in rows if all(_passes(row, key, request.args[key]) for key in filters if key in request.args)]
    try:
        shown, _more = page(_sorted(request, found, sort_keys), marker=marker, limit=limit)
    except MarkerNotFoundError as error:
        raise ApiError(400, "marker_not_found", "Marker None could not be found") from error
    links = {"self": _link(request, {})}
    if len(shown) == limit:
        links["next"] = _link(request, {"marker": shown[-1].id})
    return Reply(
        200, {name: [view(request, row) for row in shown], "links": links, "metadata": {"total_count": len(found)}}
    )


def is_uuid(text: str) -> bool:
    """Return whether a text is a UUID."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def require_uuid(name: str, text: str) -> None:
    """Raise Designate's 400 for an id in a path that is not a UUID."""
    if not is_uuid(text):
        raise ApiError(400, "invalid_uuid", f"Invalid UUID {name}: {text}")


def _limit(request: Request) -> int:
    text = request.args.get("limit", str(DEFAULT_LIMIT))
    if text.lower() == "max":
        return MAX_LIMIT
    if not text.isdecimal() or not MIN_LIMIT <= int(text) <= MAX_LIMIT:
        raise ApiError(400, "invalid_limit", f"limit should be an integer between {MIN_LIMIT} and {MAX_LIMIT}")
    return int(text)


def _passes(row: Any, key: str, wanted: str) -> bool:
    values = row.records if key == "data" else [getattr(row, key)]
    pattern = re.compile(".*".join(re.escape(part) for part in wanted.split("*")), re.IGNORECASE | re.DOTALL)
    return any(value is not None and pattern.fullmatch(str(value)) for value in values)


def _sorted(request: Request, rows: Sequence[R], sort_keys: Sequence[str]) -> Sequence[R]:
    key, direction = request.args.get("sort_key"), request.args.get("sort_dir", "asc").lower()
    if direction not in ("asc", "desc"):
        raise ApiError(400, "invalid_sort_dir", "sort direction must be one of ['asc', 'desc']")
    if key is None:
        return rows if direction == "asc" else rows[::-1]
    if key not in sort_keys:
        raise ApiError(400, "invalid_sort_key", f"sort key must be one of {list(sort_keys)}")
    attribute = {"tenant_id": "project_id"}.get(key, key)

    def order(row: R) -> tuple[bool, Any]:
        value = getattr(row, attribute)
        value = value.lower() if isinstance(value, str) else value
        return value is not None, value if value is not None else 0

    return sorted(rows, key=order, reverse=direction == "desc")


def _link(request: Request, more: dict[str, str]) -> str:
    query = {key: value for key, value in request.args.items() if key not in more} | more
    text = "&".join(f"{quote(key)}={quote(value, safe='')}" for key, value in query.items())
    return request.base_url + (f"?{text}" if text else "")
