"""Deleting a server: at once if it never had a host, otherwise after ``server.delete``."""

from __future__ import annotations

import contextlib

from trove_lab.cloud.compute import history, lookups, states
from trove_lab.cloud.compute.request import ComputeCloud, Request
from trove_lab.cloud.compute.state import Action, Server
from trove_lab.cloud.network import internal_api as network
from trove_lab.cloud.volume import internal_api as volumes


def start(request: Request, server: Server, *, force: bool = False) -> None:
    """Begin to delete a server. A second request changes nothing. Raise ApiError 409 when the server is locked."""
    if not force:
        lookups.require_unlocked(request, server)
    if server.task_state == "deleting":
        return
    cloud = request.cloud
    action = history.begin(request, server, "delete", "compute_terminate_instance")
    server.task_state = "deleting"
    if server.host is None and server.vm_state == states.BUILDING:
        cloud.transitions.cancel(server.id)
        _gone(cloud, server, action)
        return
    request.later(
        server.id,
        "server.delete",
        lambda: _gone(cloud, server, action),
        lambda: history.fail(cloud, server, action, "the deletion failed because of a fault of the control API"),
    )


def _gone(cloud: ComputeCloud, server: Server, action: Action) -> None:
    network.unplug(cloud, server.id)
    for device in server.volumes:
        volume_id = device.volume_id or ""
        volumes.detach(cloud, volume_id, server.id)
        if device.delete_on_termination:
            # A volume with snapshots remains: Nova logs Cinder's error and continues.
            with contextlib.suppress(volumes.VolumeError):
                volumes.delete(cloud, volume_id)
    server.devices = [device for device in server.devices if device.volume_id is None]
    now = cloud.clock.now()
    server.vm_state, server.task_state, server.power_state = states.DELETED, None, states.NO_STATE
    server.deleted_at = server.terminated_at = now
    server.migration = None
    history.end(cloud, server, action)
    history.emit(cloud, server, "server.deleted")
