"""The parts that Nova's replies have in common: links, pages, times."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from trove_lab.cloud.clock import timestamp
from trove_lab.cloud.compute import errors
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Flavor
from trove_lab.cloud.http import Json
from trove_lab.cloud.table import MarkerNotFoundError, R, page

Query = Mapping[str, Sequence[str]]
"""The known parameters of a query string with their values."""
MAX_LIMIT = 1000
"""The most rows of a page, whatever the client asks for: Nova's ``max_limit``."""

_PRECISE = "%Y-%m-%dT%H:%M:%S.000000"


def precise(moment: float | None) -> str | None:
    """Return a time in the format of most of Nova's replies: in microseconds, without a zone."""
    return None if moment is None else timestamp(moment, form=_PRECISE)


def links(request: Request, path: str) -> list[Json]:
    """Return the two links of a resource: ``servers/<id>``."""
    return [{"rel": "self", "href": request.link(f"/v2.1{_project(request)}/{path}")}, bookmark(request, path)]


def bookmark(request: Request, path: str) -> Json:
    """Return the link of a resource without a version."""
    return {"rel": "bookmark", "href": request.link(f"{_project(request)}/{path}")}


def paginate(
    request: Request, rows: Sequence[R], *, path: str, query: Query, marker: str | None = None
) -> tuple[Sequence[R], list[Json]]:
    """Return the requested page of ``rows``, and the link to the next one if there may be one.

    Nova adds a link whenever a page is full. ``marker`` replaces the one in the query string; ``query`` has the
    parameters that the list knows. Raise ApiError.
    """
    asked = request.args.get("limit")
    limit = min(int(asked), MAX_LIMIT) if asked else MAX_LIMIT
    marker = request.args.get("marker") if marker is None else marker
    try:
        shown, more = page(rows, marker=marker, limit=limit)
    except MarkerNotFoundError:
        raise errors.bad_request(f"marker [{marker}] not found") from None
    if not shown or not (asked or more) or len(shown) < limit:
        return shown, []
    return shown, [next_link(request, path, query, shown[-1].id)]


def next_link(request: Request, path: str, query: Query, marker: str) -> Json:
    """Return the link to the page after ``marker``: the known parameters in order, the marker last."""
    kept = {name: query[name][0] for name in sorted(query) if name != "marker"}
    text = urlencode({**kept, "marker": marker})
    return {"rel": "next", "href": request.link(f"/v2.1{_project(request)}/{path}?{text}")}


def listed(name: str, rows: list[Json], next_links: list[Json]) -> Json:
    """Return the body of a list."""
    return {name: rows, f"{name}_links": next_links} if next_links else {name: rows}


def flavor_reference(request: Request, flavor: Flavor) -> Json:
    """Return a server's flavor as its view shows it: all attributes since 2.47."""
    if not request.at_least((2, 47)):
        return {"id": flavor.id, "links": [bookmark(request, f"flavors/{flavor.id}")]}
    return {
        "vcpus": flavor.vcpus,
        "ram": flavor.ram,
        "disk": flavor.disk,
        "ephemeral": flavor.ephemeral,
        "swap": flavor.swap,
        "original_name": flavor.name,
        "extra_specs": dict(flavor.extra_specs),
    }


def _project(request: Request) -> str:
    """Nova includes the project in its links if the URL has it anywhere."""
    project_id = request.caller.project_id
    return f"/{project_id}" if project_id and project_id in request.url else ""
