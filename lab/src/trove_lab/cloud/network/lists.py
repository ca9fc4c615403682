"""Lists: filters, fields, sorting and pages, the same for all of Neutron's resources."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.network import errors
from trove_lab.cloud.network.request import Request

Matches = Callable[[Json, Sequence[str]], bool]

_PAGING = {"fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir"}
_TAGS: dict[str, Callable[[set[str], set[str]], bool]] = {
    "tags": lambda have, want: want <= have,
    "tags-any": lambda have, want: bool(want & have),
    "not-tags": lambda have, want: not want <= have,
    "not-tags-any": lambda have, want: not want & have,
}


def respond(
    request: Request,
    collection: str,
    views: list[Json],
    *,
    filterable: Sequence[str],
    special: Mapping[str, Matches] | None = None,
) -> Reply:
    """Return a reply with those of ``views`` that the query asks for.

    ``filterable`` names the attributes to filter by. ``special`` has the filters that are not tests for equality.
    """
    special = special or {}
    asked = {name: request.args.getlist(name) for name in request.args if name not in _PAGING}
    unknown = sorted(set(asked) - set(filterable) - set(special) - set(_TAGS))
    if unknown:
        raise errors.bad_request(f"{unknown} is invalid attribute for filtering")
    for name, wanted in asked.items():
        matches = special.get(name) or _plain(name)
        views = [view for view in views if matches(view, wanted)]
    views, links = _page(request, collection, _sorted(request, views))
    return Reply(200, {collection: [only_fields(request, view) for view in views], **links})


def only_fields(request: Request, view: Json) -> Json:
    """Return the attributes of a resource that the query's ``fields`` ask for."""
    fields = request.args.getlist("fields")
    return {name: value for name, value in view.items() if name in fields} if fields else view


def _plain(name: str) -> Matches:
    if name in _TAGS:
        return lambda view, wanted: _TAGS[name](set(view["tags"]), {tag for each in wanted for tag in each.split(",")})
    return lambda view, wanted: _text(view.get(name)) in {_text(each) for each in wanted}


def _text(value: Any) -> str:
    """Booleans may be given as True, true and 1."""
    word = "" if value is None else str(value)
    return {"True": "true", "1": "1", "False": "false"}.get(word, word)


def _sorted(request: Request, views: list[Json]) -> list[Json]:
    keys, directions = request.args.getlist("sort_key"), request.args.getlist("sort_dir")
    if len(keys) != len(directions):
        raise errors.bad_request("The number of sort_keys and sort_dirs must be same")
    for key, direction in reversed(list(zip(keys, directions, strict=True))):
        if views and key not in views[0]:
            raise errors.bad_request(f"['{key}'] is invalid attribute for sort_keys")
        views = sorted(views, key=lambda view: _text(view[key]), reverse=direction == "desc")
    return views


def _page(request: Request, collection: str, views: list[Json]) -> tuple[list[Json], Json]:
    asked = request.args.get("limit")
    if asked is None:
        return views, {}
    if not asked.isdigit():
        reason = f"Limit must be an integer 0 or greater and not '{asked}'"
        raise errors.bad_resource("limit", reason)
    limit = int(asked) or len(views)
    marker = request.args.get("marker")
    start = next((index + 1 for index, view in enumerate(views) if view["id"] == marker), 0)
    page = views[start : start + limit]
    links = []
    if page and start + limit < len(views):
        query = [(name, value) for name, value in request.args.items(multi=True) if name != "marker"]
        links.append({"rel": "next", "href": f"{request.base_url}?{urlencode([*query, ('marker', page[-1]['id'])])}"})
    return page, {f"{collection}_links": links} if links else {}
