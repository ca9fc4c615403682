"""reboot: soft and hard."""

from trove_lab.cloud.compute import history, lookups, states
from trove_lab.cloud.compute.parameters import body
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.http import Json, Reply

SCHEMA: Json = body(
    "reboot", {"type": {"type": "string", "enum": ["HARD", "Hard", "hard", "SOFT", "Soft", "soft"]}}, ("type",)
)
_HARD_FROM = (states.ACTIVE, states.STOPPED, states.PAUSED, states.SUSPENDED, states.ERROR)
_HARD_DURING = (None, "rebooting", "rebooting_hard", "resuming", "unpausing", "pausing", "suspending")


def reboot(request: Request, server: Server, given: Json) -> Reply:
    """Begin a reboot. A hard reboot may replace one in progress, and starts a server that is in SHUTOFF or ERROR."""
    lookups.require_unlocked(request, server)
    if given["type"].upper() == "HARD":
        lookups.require_state(server, "reboot", _HARD_FROM, _HARD_DURING)
        server.task_state = "rebooting_hard"
    else:
        lookups.require_state(server, "reboot", (states.ACTIVE,))
        server.task_state = "rebooting"
    action = history.begin(request, server, "reboot", "compute_reboot_instance")
    history.emit(request.cloud, server, "server.rebooting")

    def finish() -> None:
        server.vm_state, server.task_state, server.power_state = states.ACTIVE, None, states.RUNNING
        history.end(request.cloud, server, action)
        history.emit(request.cloud, server, "server.rebooted")

    message = "the reboot failed because of a fault of the control API"
    request.later(server.id, "server.reboot", finish, lambda: history.fail(request.cloud, server, action, message))
    return Reply(202)
