"""Server actions: ``POST /servers/{server_id}/action`` with a single key, which names the action."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trove_lab.cloud.compute import deleting, errors, lookups
from trove_lab.cloud.compute.actions import console, locking, migrate, power, reboot, rebuild, reset, resize
from trove_lab.cloud.compute.actions import security_groups as groups
from trove_lab.cloud.compute.parameters import anything
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Server
from trove_lab.cloud.compute.validation import body
from trove_lab.cloud.http import Json, Reply, Version

Perform = Callable[[Request, Server, Any], Reply]
"""Perform an action, given the request, the server and the value of the action's key."""


@dataclass(frozen=True, slots=True)
class ServerAction:
    """An entry of the table of actions."""

    perform: Perform
    schema: Json | Mapping[Version, Json] | None = None
    """The schema of the value, or schemas by the first microversion that has them. None: any value is allowed."""
    admin: str | None = None
    """The policy that allows the action to administrators only."""
    by_cell: bool = False
    """Whether the error for an unknown server says that it has no cell."""


def _force_delete(request: Request, server: Server, _: Any) -> Reply:
    deleting.start(request, server, force=True)
    return Reply(202)


ACTIONS: Mapping[str, ServerAction] = {
    "resize": ServerAction(resize.resize, resize.SCHEMA),
    "confirmResize": ServerAction(resize.confirm),
    "revertResize": ServerAction(resize.revert),
    "migrate": ServerAction(migrate.migrate, migrate.SCHEMAS, admin="os_compute_api:os-migrate-server:migrate"),
    "reboot": ServerAction(reboot.reboot, reboot.SCHEMA),
    "rebuild": ServerAction(rebuild.rebuild, rebuild.SCHEMAS),
    "os-start": ServerAction(power.start, by_cell=True),
    "os-stop": ServerAction(power.stop, by_cell=True),
    "pause": ServerAction(power.pause),
    "unpause": ServerAction(power.unpause),
    "suspend": ServerAction(power.suspend),
    "resume": ServerAction(power.resume),
    "lock": ServerAction(locking.lock, locking.SCHEMAS),
    "unlock": ServerAction(locking.unlock),
    "os-resetState": ServerAction(reset.reset, reset.SCHEMA, admin="os_compute_api:os-admin-actions:reset_state"),
    "os-getConsoleOutput": ServerAction(console.output, console.SCHEMA),
    "addSecurityGroup": ServerAction(groups.add, groups.schema("addSecurityGroup")),
    "removeSecurityGroup": ServerAction(groups.remove, groups.schema("removeSecurityGroup")),
    "forceDelete": ServerAction(_force_delete),
}


def run(request: Request, server_id: str) -> Reply:
    """POST /servers/{server_id}/action."""
    given = request.object
    if len(given) != 1:
        raise errors.bad_request("Malformed request body")
    name = next(iter(given))
    action = ACTIONS.get(name)
    if action is None:
        raise errors.bad_request(f"There is no such action: {name}")
    body(request, action.schema or anything(name))
    server = lookups.server(request, server_id, by_cell=action.by_cell)
    if action.admin and not request.caller.is_admin:
        raise errors.forbidden(action.admin)
    return action.perform(request, server, given[name])
