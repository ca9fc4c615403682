"""Version documents, and the capabilities of this Glance."""

from __future__ import annotations

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.image import errors
from trove_lab.cloud.image.request import Request
from trove_lab.cloud.image.views import STORE

_VERSIONS = (17, 15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)


def index(request: Request, **_unknown: str) -> Reply:
    """GET / and any unknown path: the available versions, with status 300."""
    return Reply(300, _versions(request))


def show(request: Request) -> Reply:
    """GET /versions: the same, with status 200."""
    return Reply(200, _versions(request))


def show_root(_request: Request) -> Reply:
    """GET /v2: 404, but only with a valid token."""
    raise errors.missing("The resource could not be found.")


def check_health(_request: Request) -> Reply:
    """GET /healthcheck."""
    return Reply(200, b"OK", {"Content-Type": "text/plain; charset=UTF-8"})


def show_import(_request: Request) -> Reply:
    """GET /v2/info/import: no import method. Data is uploaded by PUT."""
    known = {"description": "Import methods available.", "type": "array", "value": []}
    return Reply(200, {"import-methods": known})


def show_stores(_request: Request) -> Reply:
    """GET /v2/info/stores."""
    return Reply(200, {"stores": [{"id": STORE, "default": "true"}]})


def show_usage(_request: Request) -> Reply:
    """GET /v2/info/usage: empty, because there are no quotas."""
    return Reply(200, {"usage": {}})


def _versions(request: Request) -> Json:
    links = [{"rel": "self", "href": request.link("/v2/")}]
    newest = max(_VERSIONS)
    return {
        "versions": [
            {"id": f"v2.{minor}", "status": "CURRENT" if minor == newest else "SUPPORTED", "links": links}
            for minor in _VERSIONS
        ]
    }
