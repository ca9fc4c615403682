"""reboot: soft and hard."""

from trove_lab.cloud.compute import happenings, lookups, states
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
    lookups.demand_unlocked(request, server)
    if given["type"].upper() == "HARD":
        lookups.demand_state(server, "reboot", _HARD_FROM, _HARD_DURING)
        server.task_state = "rebooting_hard"
    else:
        lookups.demand_state(server, "reboot", (states.ACTIVE,))
        server.task_state = "rebooting"
    action = happenings.begin(request, server, "reboot", "compute_reboot_instance")
    happenings.tell(request.cloud, server, "server.rebooting")

    def finish() -> None:
        server.vm_state, server.task_state, server.power_state = states.ACTIVE, None, states.RUNNING
        happenings.end(request.cloud, server, action)
        happenings.tell(request.cloud, server, "server.rebooted")

    message = "the reboot failed because a fault of the control API wants it to"
    request.later(server.id, "server.reboot", finish, lambda: happenings.fail(request.cloud, server, action, message))
    return Reply(202)
