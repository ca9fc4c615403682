"""Filters, sorting and pages of Glance's list of images."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from trove_lab.cloud.image import errors
from trove_lab.cloud.image.request import Request
from trove_lab.cloud.image.state import Image
from trove_lab.cloud.table import MarkerNotFoundError, page

DEFAULT_LIMIT, MAX_LIMIT = 25, 1000
"""The default and maximum number of images of a page."""
_PAGING = ("limit", "marker", "sort", "sort_key", "sort_dir")
_VISIBILITIES = ("public", "private", "shared", "community", "all")
_STATES = ("accepted", "pending", "rejected", "all")
_KEYS = ("name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at")
_LISTS = ("name", "status", "container_format", "disk_format", "id")
"""Attributes whose filter may be a list: ``in:a,b``."""
_NUMBERS = ("min_disk", "min_ram", "size")
_HASHES = ("checksum", "os_hash_algo", "os_hash_value")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "neq": operator.ne,
}


def select(request: Request) -> tuple[Sequence[Image], str | None]:
    """Return the requested page of images, and the marker of the next page if there may be one."""
    rows = _visible(request)
    for name in request.args:
        if name not in (*_PAGING, "visibility", "member_status", "os_hidden"):
            rows = [row for row in rows if _passes(row, name, request.args.getlist(name))]
    limit = _limit(request)
    try:
        shown, _more = page(_sorted(request, rows), marker=request.args.get("marker"), limit=limit)
    except MarkerNotFoundError as error:
        raise errors.bad_request(f"No image found with ID {error}") from error
    return shown, shown[-1].id if shown and len(shown) == limit else None


def link(request: Request, **more: str) -> str:
    """Return the path of a page of the list."""
    query = [(name, value) for name, value in request.args.items(multi=True) if name not in ("marker", *more)]
    query += list(more.items())
    return "/v2/images" + (f"?{urlencode(query)}" if query else "")


def _visible(request: Request) -> list[Image]:
    """Return the images in the caller's list.

    It omits community images of others, and shared images not yet accepted.
    """
    asked, state = request.args.get("visibility"), request.args.get("member_status", "accepted")
    if asked is not None and asked not in _VISIBILITIES:
        raise errors.bad_request(f"Invalid visibility value: {asked}")
    if state not in _STATES:
        raise errors.bad_request(f"Invalid status: {state}")
    hidden = _boolean("os_hidden", request.args.get("os_hidden", "false"))

    def is_listed(image: Image) -> bool:
        own = image.project_id == request.project_id
        if image.os_hidden != hidden or asked not in (None, "all", image.visibility):
            return False
        if own or image.visibility == "public" or request.caller.is_admin:
            return True
        if image.visibility == "community":
            return asked in ("community", "all")
        member = image.members.get(request.project_id) if image.visibility == "shared" else None
        return member is not None and state in ("all", member.status)

    return [image for image in request.cloud.image.images if is_listed(image)]


def _passes(row: Image, name: str, wanted: list[str]) -> bool:
    """Return whether an image matches a filter, which may be given more than once."""
    value = wanted[-1]
    special: dict[str, Callable[[], bool]] = {
        "tag": lambda: set(wanted) <= set(row.tags),
        "size_min": lambda: row.size is not None and row.size >= _number(name, value),
        "size_max": lambda: row.size is not None and row.size <= _number(name, value),
        "created_at": lambda: _compared(name, row.created_at, value),
        "updated_at": lambda: _compared(name, row.updated_at, value),
        "protected": lambda: row.protected == _boolean(name, value),
        "owner": lambda: row.project_id == value,
    }
    if name in special:
        return special[name]()
    if name in _NUMBERS:
        return bool(getattr(row, name) == _number(name, value))
    known = getattr(row, name) if name in (*_LISTS, *_HASHES) else row.properties.get(name)
    if name in _LISTS and value.startswith("in:"):
        return known in value.removeprefix("in:").split(",")
    return bool(known == value)


def _compared(name: str, moment: float, wanted: str) -> bool:
    word, separator, text = wanted.partition(":")
    if word not in _COMPARE or not separator:
        word, text = "eq", wanted
    try:
        edge = datetime.fromisoformat(text)
    except ValueError:
        raise errors.bad_request(f'Bad "{name}" query filter format. Use ISO 8601 DateTime notation.') from None
    seconds = edge.timestamp() if edge.tzinfo else datetime.fromisoformat(f"{text}+00:00").timestamp()
    return _COMPARE[word](int(moment), seconds)


def _limit(request: Request) -> int:
    text = request.args.get("limit", str(DEFAULT_LIMIT))
    try:
        number = int(text)
    except ValueError:
        raise errors.bad_request("limit param must be an integer") from None
    if number < 0:
        raise errors.bad_request("limit param must be positive")
    return min(number, MAX_LIMIT)


def _number(name: str, text: str) -> int:
    if not text.isdecimal():
        raise errors.bad_request(f"Unable to filter on a range: {name} must be an integer, not '{text}'.")
    return int(text)


def _boolean(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        message = f"Invalid value '{text}' for '{name}' filter. Valid values are 'true' or 'false'."
        raise errors.bad_request(message)
    return text.lower() == "true"


def _sorted(request: Request, rows: list[Image]) -> list[Image]:
    """Return the images in the requested order. The default is newest first."""
    if "sort" in request.args:
        asked = [part.partition(":") for part in request.args["sort"].split(",")]
        keys = [(name.strip(), direction.strip() or "desc") for name, _, direction in asked]
    else:
        names = request.args.getlist("sort_key") or ["created_at"]
        directions = request.args.getlist("sort_dir") or ["desc"]
        keys = [(name, directions[min(place, len(directions) - 1)]) for place, name in enumerate(names)]
    ordered = rows[::-1] if keys[0] == ("created_at", "desc") else list(rows)
    for name, direction in reversed(keys):
        if name not in _KEYS:
            raise errors.bad_request(f"Invalid sort key: {name}. It must be one of the following: {', '.join(_KEYS)}.")
        if direction not in ("asc", "desc"):
            raise errors.bad_request(
                f"Invalid sort direction: {direction}. It must be one of the following: asc, desc."
            )

        def order(row: Image, by: str = name) -> tuple[bool, Any]:
            value = getattr(row, by)
            return value is not None, value if value is not None else 0

        ordered.sort(key=order, reverse=direction == "desc")
    return ordered
