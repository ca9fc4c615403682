"""lock and unlock."""

from typing import Any

from trove_lab.cloud.compute import errors, history
from trove_lab.cloud.compute.parameters import anything
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.http import Reply

_REASON = {
    "type": ["object", "null"],
    "properties": {"locked_reason": {"type": "string", "minLength": 1, "maxLength": 255}},
    "additionalProperties": False,
}
SCHEMAS = {
    (2, 1): anything("lock"),
    (2, 73): {**anything("lock"), "properties": {"lock": _REASON}},
}


def lock(request: Request, server: Server, given: Any) -> Reply:
    """Lock the server: only administrators can act on it. Since 2.73 with an optional reason."""
    server.locked_by = "owner" if request.caller.project_id == server.project_id else "admin"
    server.locked_reason = (given or {}).get("locked_reason") if request.at_least((2, 73)) else None
    history.begin(request, server, "lock")
    return Reply(202)


def unlock(request: Request, server: Server, _: Any) -> Reply:
    """Unlock the server. If an administrator locked it, only an administrator can unlock it."""
    if server.locked_by == "admin" and not request.caller.is_admin:
        raise errors.forbidden("os_compute_api:os-lock-server:unlock:unlock_override")
    server.locked_by = server.locked_reason = None
    history.begin(request, server, "unlock")
    return Reply(202)
