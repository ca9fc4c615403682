"""Version documents and microversions."""

from trove_lab.cloud.compute import errors
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.http import Json, Microversions, Reply

MICROVERSIONS = Microversions(
    lowest=(2, 1),
    highest=(2, 104),
    headers=(("OpenStack-API-Version", "compute "), ("X-OpenStack-Nova-API-Version", "")),
    malformed=errors.malformed_version,
    unsupported=errors.unsupported_version,
)
_MEDIA = "application/vnd.openstack.compute+json;version=2.1"
_DOCUMENTATION = {"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"}


def index(request: Request) -> Reply:
    """GET /: the available versions."""
    return Reply(200, {"versions": [_v21(request)]})


def show(request: Request) -> Reply:
    """GET /v2.1."""
    view = _v21(request)
    view["links"].append(dict(_DOCUMENTATION))
    return Reply(200, {"version": {**view, "media-types": [{"base": "application/json", "type": _MEDIA}]}})


def _v21(request: Request) -> Json:
    return {
        "id": "v2.1",
        "status": "CURRENT",
        "version": errors.HIGHEST,
        "min_version": errors.LOWEST,
        "updated": "2013-07-23T11:33:21Z",
        "links": [{"rel": "self", "href": request.link("/v2.1/")}],
    }
