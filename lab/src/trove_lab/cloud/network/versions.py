"""Version documents."""

from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.network.request import Request

_RESOURCES = ("network", "subnet", "port", "security_group", "security_group_rule", "router", "floatingip", "quota")


def index(request: Request) -> Reply:
    """GET /: the available versions."""
    return Reply(200, {"versions": [_version(request)]})


def resources(request: Request) -> Reply:
    """GET /v2.0/: the available resources."""
    rows = [
        {"name": name, "collection": f"{name}s", "links": [_link(request, f"/v2.0/{name.replace('_', '-')}s")]}
        for name in _RESOURCES
    ]
    return Reply(200, {"resources": rows})


def _version(request: Request) -> Json:
    return {"id": "v2.0", "status": "CURRENT", "links": [_link(request, "/v2.0/")]}


def _link(request: Request, path: str) -> Json:
    return {"rel": "self", "href": request.link(path)}
