"""Look up a server for a request, and reject what its state or its lock does not allow."""

from collections.abc import Collection

from trove_lab.cloud.compute import errors, states
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Flavor, Server

NO_TASK: Collection[str | None] = (None,)


def server(request: Request, server_id: str, *, by_cell: bool = False) -> Server:
    """Return a server that the caller may see.

    Raise ApiError 404; with ``by_cell``, in the words of the cell lookup.
    """
    found = request.cloud.compute.servers.get(server_id)
    if found is None or found.deleted_at is not None or not request.caller.sees(found.project_id):
        raise errors.unmapped_server(server_id) if by_cell else errors.no_server(server_id)
    return found


def flavor(request: Request, flavor_id: str) -> Flavor | None:
    """Return a flavor that the caller may use, or None."""
    found = request.cloud.compute.flavors.get(flavor_id)
    if found is None or found.is_public or request.caller.is_admin or request.project_id in found.project_ids:
        return found
    return None


def require_unlocked(request: Request, found: Server) -> None:
    """Reject with 409 when the server is locked and the caller is not an administrator."""
    if found.locked_by is not None and not request.caller.is_admin:
        raise errors.conflict(f"Instance {found.id} is locked")


def require_state(
    found: Server,
    action: str,
    vm_states: Collection[str] | None,
    task_states: Collection[str | None] | None = NO_TASK,
    *,
    launched: bool = True,
) -> None:
    """Reject an action with 409 unless the server is in one of these states. None allows any state.

    ``launched`` requires that the server has run once.
    """
    if vm_states is not None and found.vm_state not in vm_states:
        raise errors.wrong_state(action, found.id, "vm_state", found.vm_state)
    if task_states is not None and found.task_state not in task_states:
        raise errors.wrong_state(action, found.id, "task_state", found.task_state)
    if launched and found.launched_at is None:
        raise errors.conflict(f"Instance {found.id} is in an invalid state for '{action}'")


WITH_METADATA = (states.ACTIVE, states.PAUSED, states.SUSPENDED, states.STOPPED)
"""States in which metadata can be changed."""
WITH_INTERFACES = (states.ACTIVE, states.PAUSED, states.STOPPED)
"""States in which interfaces can be attached and detached."""
WITH_VOLUMES = (states.ACTIVE, states.PAUSED, states.STOPPED, states.RESIZED)
"""States in which volumes can be attached and detached."""
