"""What all answers of Keystone share."""

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.identity.request import Request


def self_link(request: Request, collection: str, row_id: str) -> Json:
    """Return the link of a resource to itself."""
    return {"links": {"self": request.link(f"/v3/{collection}/{row_id}")}}


def listed(request: Request, collection: str, rows: list[Json]) -> Reply:
    """Answer with a list. Keystone gives all of it at once."""
    return Reply(200, {collection: rows, "links": {"next": None, "self": request.base_url, "previous": None}})
