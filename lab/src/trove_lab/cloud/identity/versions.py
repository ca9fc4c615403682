"""Version documents."""

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.identity.request import Request


def index(request: Request) -> Reply:
    """GET /: the available versions, with status 300."""
    location = {"Location": request.link("/v3/")}
    return Reply(300, {"versions": {"values": [_v3(request)]}}, location)


def show(request: Request) -> Reply:
    """GET /v3."""
    return Reply(200, {"version": _v3(request)})


def _v3(request: Request) -> Json:
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": request.link("/v3/")}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    }
