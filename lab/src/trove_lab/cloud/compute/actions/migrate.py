"""migrate: move a server to another host with the same flavor. For administrators."""

from typing import Any

from trove_lab.cloud.compute import errors, lookups, moving, states
from trove_lab.cloud.compute.parameters import HOST, anything
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.http import Reply

_HOST = {
    "type": ["object", "null"],
    "properties": {"host": {**HOST, "type": ["string", "null"]}},
    "additionalProperties": False,
}
SCHEMAS = {
    (2, 1): anything("migrate"),
    (2, 56): {**anything("migrate"), "properties": {"migrate": _HOST}},
}


def migrate(request: Request, server: Server, given: Any) -> Reply:
    """Begin a migration: RESIZE, then VERIFY_RESIZE, as with a resize."""
    host = (given or {}).get("host") if request.at_least((2, 56)) else None
    lookups.require_unlocked(request, server)
    lookups.require_state(server, "migrate", (states.ACTIVE, states.STOPPED))
    if host is not None and host == server.host:
        raise errors.bad_request("Cannot migrate to the host where the server exists.")
    if host is not None and request.cloud.compute.hosts.get(host) is None:
        raise errors.bad_request(f"Compute host {host} could not be found.")
    moving.start(request, server, server.flavor, kind="migration", action="migrate", only=host)
    return Reply(202)
