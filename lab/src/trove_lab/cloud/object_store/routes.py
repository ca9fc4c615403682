"""Swift's table of routes."""

from trove_lab.cloud.http import Route
from trove_lab.cloud.object_store import accounts, containers, objects

_OBJECTS = ("/<container>/<path:name>", "/<container>//<path:name>")
"""The name of an object may begin with a slash."""

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
    *(
        Route(method, path, handler)
        for path in _OBJECTS
        for method, handler in (
            ("GET", objects.show),
            ("HEAD", objects.show),
            ("PUT", objects.create),
            ("POST", objects.update),
            ("DELETE", objects.delete),
        )
    ),
)
