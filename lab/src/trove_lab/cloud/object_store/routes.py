"""Swift's table of routes."""

from trove_lab.cloud.http import Route
from trove_lab.cloud.object_store import accounts, containers, objects

_OBJECT = "/<container>/<path:name>"

DOCUMENTS = (
    Route("GET", "/info", accounts.show_info, anonymous=True),
    Route("GET", "/v1/AUTH_<account_id>", accounts.show),
    Route("HEAD", "/v1/AUTH_<account_id>", accounts.show),
    Route("POST", "/v1/AUTH_<account_id>", accounts.update),
)

ROUTES = (
    Route("GET", "/<container>", containers.show),
    Route("HEAD", "/<container>", containers.show),
    Route("PUT", "/<container>", containers.create),
    Route("POST", "/<container>", containers.update),
    Route("DELETE", "/<container>", containers.delete),
    Route("GET", _OBJECT, objects.show),
    Route("HEAD", _OBJECT, objects.show),
    Route("PUT", _OBJECT, objects.create),
    Route("POST", _OBJECT, objects.update),
    Route("DELETE", _OBJECT, objects.delete),
)
