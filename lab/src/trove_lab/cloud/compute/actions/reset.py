"""os-resetState: an administrator sets a server's state."""

from trove_lab.cloud.compute import history, states
from trove_lab.cloud.compute.parameters import body
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.http import Json, Reply

SCHEMA: Json = body("os-resetState", {"state": {"type": "string", "enum": ["active", "error"]}}, ("state",))


def reset(request: Request, server: Server, given: Json) -> Reply:
    """Set ``active`` or ``error``, whatever is in progress. In ERROR, the last fault is shown again."""
    request.cloud.transitions.cancel(server.id)
    server.vm_state = states.ACTIVE if given["state"] == "active" else states.ERROR
    server.task_state = None
    if server.migration and server.migration.status != "finished":
        server.migration = None
    history.begin(request, server, "resetState")
    return Reply(202)
