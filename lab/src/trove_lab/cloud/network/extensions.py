"""Extensions: the capabilities of this Neutron, which clients query before they use one."""

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.network.request import Request

EXTENSIONS = {
    "binding": "Port Binding",
    "dns-integration": "DNS Integration",
    "empty-string-filtering": "Empty String Filtering Extension",
    "external-net": "Neutron external network",
    "filter-validation": "Filter parameters validation",
    "fip-port-details": "Floating IP Port Details Extension",
    "net-mtu": "Network MTU",
    "pagination": "Pagination support",
    "port-security": "Port Security",
    "project-id": "project_id field enabled",
    "quota_details": "Quota details management support",
    "quotas": "Quota management support",
    "router": "Neutron L3 Router",
    "security-group": "security-group",
    "sorting": "Sorting support",
    "standard-attr-description": "standard-attr-description",
    "standard-attr-revisions": "Resource revision numbers",
    "standard-attr-tag": "Tag support for resources with standard attribute",
    "standard-attr-timestamp": "Resource timestamps",
}


def index(_request: Request) -> Reply:
    """GET /v2.0/extensions."""
    return Reply(200, {"extensions": [_view(alias) for alias in EXTENSIONS]})


def show(_request: Request, alias: str) -> Reply:
    """GET /v2.0/extensions/{alias}."""
    if alias not in EXTENSIONS:
        raise ApiError(404, "HTTPNotFound", f"Extension with alias {alias} does not exist")
    return Reply(200, {"extension": _view(alias)})


def _view(alias: str) -> Json:
    name = EXTENSIONS[alias]
    return {"alias": alias, "name": name, "description": name, "updated": "2016-01-01T00:00:00-00:00", "links": []}
