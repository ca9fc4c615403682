"""resize, confirmResize, revertResize."""

from typing import Any

from trove_lab.cloud.compute import errors, history, lookups, moving, quotas, states
from trove_lab.cloud.compute.parameters import DISK_CONFIG, FLAVOR_REF, body
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.compute.state import Migration, Server
from trove_lab.cloud.http import Json, Reply

SCHEMA: Json = body("resize", {"flavorRef": FLAVOR_REF, "OS-DCF:diskConfig": DISK_CONFIG}, ("flavorRef",))


def resize(request: Request, server: Server, given: Json) -> Reply:
    """Begin a resize: RESIZE, then VERIFY_RESIZE. Without a valid host, the server returns to its previous status."""
    lookups.require_unlocked(request, server)
    lookups.require_state(server, "resize", (states.ACTIVE, states.STOPPED))
    flavor = lookups.flavor(request, str(given["flavorRef"]))
    if flavor is None:
        raise errors.bad_request(f"Flavor {given['flavorRef']} could not be found.")
    if flavor.id == server.flavor.id:
        raise errors.bad_request("When resizing, instances must change flavor!")
    if flavor.disk == 0 and server.flavor.disk > 0 and server.image_id:
        reason = "Resize to zero disk flavor is not allowed."
        raise errors.bad_request(f"Server disk was unable to be resized because: {reason}")
    quotas.check_resize(request.cloud.compute, server.project_id, server.flavor, flavor)
    moving.start(request, server, flavor, kind="resize", action="resize")
    server.disk_config = given.get("OS-DCF:diskConfig", server.disk_config)
    return Reply(202)


def confirm(request: Request, server: Server, _: Any) -> Reply:
    """Keep the new flavor and host."""
    migration = _finished(request, server, "confirmResize")
    action = history.begin(request, server, "confirmResize", "compute_confirm_resize")
    migration.status = "confirming"

    def finish() -> None:
        _close(request, server, migration, "confirmed")
        _restore_power_state(server, migration)
        history.end(request.cloud, server, action)
        history.emit(request.cloud, server, "server.confirmed")

    def failed() -> None:
        _close(request, server, migration, "error")
        history.fail(request.cloud, server, action, "the confirmation failed because of a fault of the control API")

    request.later(server.id, "server.confirm", finish, failed)
    return Reply(204)


def revert(request: Request, server: Server, _: Any) -> Reply:
    """Return to the old flavor and host."""
    migration = _finished(request, server, "revertResize")
    quotas.check_resize(request.cloud.compute, server.project_id, server.flavor, migration.old_flavor)
    action = history.begin(request, server, "revertResize", "compute_revert_resize")
    migration.status, server.task_state = "reverting", "resize_reverting"
    moving.rehost(request.cloud, server, migration.source)
    moving.detach_volumes(request.cloud, server)
    history.emit(request.cloud, server, "server.reverting")

    def finish() -> None:
        server.flavor, server.disk_config = migration.old_flavor, migration.old_disk_config
        moving.attach_volumes(request.cloud, server)
        _close(request, server, migration, "reverted")
        _restore_power_state(server, migration)
        server.launched_at = request.cloud.clock.now()
        history.end(request.cloud, server, action)
        history.emit(request.cloud, server, "server.reverted")

    def failed() -> None:
        # As when the driver of the old host fails: the server is there with the old flavor, its volumes half attached.
        server.flavor, server.disk_config = migration.old_flavor, migration.old_disk_config
        moving.connect_volumes(request.cloud, server)
        _close(request, server, migration, "error")
        history.fail(request.cloud, server, action, "the revert failed because of a fault of the control API")

    request.later(server.id, "server.revert", finish, failed)
    return Reply(202)


def _finished(request: Request, server: Server, action: str) -> Migration:
    """Return the migration that waits for confirmation or reversal. Raise ApiError."""
    lookups.require_unlocked(request, server)
    lookups.require_state(server, action, (states.RESIZED,))
    if server.migration is None or server.migration.status != "finished":
        raise errors.bad_request("Instance has not been resized.")
    return server.migration


def _close(request: Request, server: Server, migration: Migration, status: str) -> None:
    migration.status, migration.updated_at = status, request.cloud.clock.now()
    server.migration = None


def _restore_power_state(server: Server, migration: Migration) -> None:
    """Make a server run again, or leave it off if it was off when the resize began."""
    server.task_state = None
    if migration.was_stopped:
        server.vm_state, server.power_state = states.STOPPED, states.SHUTDOWN
    else:
        server.vm_state, server.power_state = states.ACTIVE, states.RUNNING
