"""Version documents."""

import re

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.volume.request import Request

_PROJECT = re.compile(r"/volume/v3/([0-9a-f]{32})(?:/|$)")


def index(request: Request) -> Reply:
    """GET /: the available versions, with status 300."""
    return Reply(300, _versions(request))


def show(request: Request) -> Reply:
    """GET /v3/. Without the slash, Cinder redirects here."""
    if not request.path.endswith("/"):
        return Reply(302, "", {"Location": request.link("/v3/")})
    return Reply(200, _versions(request))


def project_in(path: str) -> str | None:
    """Return the project that a path names, if any."""
    match = _PROJECT.match(path)
    return match[1] if match else None


def _versions(request: Request) -> Json:
    version = {
        "id": "v3.0",
        "status": "CURRENT",
        "version": "3.71",
        "min_version": "3.0",
        "updated": "2023-08-31T00:00:00Z",
        "links": [
            {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
            {"rel": "self", "href": request.link("/v3/")},
        ],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"}],
    }
    return {"versions": [version]}
