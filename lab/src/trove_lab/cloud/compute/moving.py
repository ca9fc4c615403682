"""Moving a server to another flavor or host: the asynchronous part of resize and migrate."""

from __future__ import annotations

from trove_lab.cloud.compute import history, scheduler, states
from trove_lab.cloud.compute.request import ComputeCloud, Request
from trove_lab.cloud.compute.state import Action, Flavor, Migration, Server
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.network import internal_api as network
from trove_lab.cloud.volume import internal_api as volumes


def start(
    request: Request,
    server: Server,
    flavor: Flavor,
    *,
    kind: str,
    action: str,
    only: str | None = None,
) -> None:
    """Begin a resize or a migration (``kind``): RESIZE, then VERIFY_RESIZE. ``only`` is the requested host."""
    cloud = request.cloud
    now = cloud.clock.now()
    migration = Migration(
        id=len(cloud.compute.migrations) + 1,
        uuid=new_uuid(),
        server_id=server.id,
        kind=kind,
        status="migrating",
        source=server.host or "",
        target=None,
        old_flavor=server.flavor,
        new_flavor=flavor.copy(),
        was_stopped=server.vm_state == states.STOPPED,
        old_disk_config=server.disk_config,
        user_id=request.caller.user_id,
        project_id=request.project_id,
        created_at=now,
        updated_at=now,
    )
    cloud.compute.migrations.append(migration)
    server.task_state = "resize_prep"
    record = history.begin(request, server, action, "cold_migrate")
    move = _Move(cloud, server, migration, record, only, fails=request.fails_later)
    cloud.transitions.begin(server.id, "server.schedule", move.schedule)


def rehost(cloud: ComputeCloud, server: Server, host: str) -> None:
    """Record that a server is on another host now."""
    server.host = host
    network.rehost(cloud, server.id, host)


def detach_volumes(cloud: ComputeCloud, server: Server) -> None:
    """Detach a server's volumes from the host that it leaves.

    Cinder shows them as ``reserved`` until they are attached.
    """
    for device in server.volumes:
        volume = cloud.volume.volumes.get(device.volume_id or "")
        if volume and volume.status == "in-use":
            volumes.detach(cloud, volume.id, server.id)
            device.attachment_id = volumes.reserve(cloud, volume.id, server_id=server.id).id


def connect_volumes(cloud: ComputeCloud, server: Server) -> None:
    """Leave the volumes ``attaching``, as the new host has them before its driver starts."""
    for device in server.volumes:
        volumes.connect(cloud, device.volume_id or "")


def attach_volumes(cloud: ComputeCloud, server: Server) -> None:
    """Attach the volumes to the new host."""
    for device in server.volumes:
        volume = cloud.volume.volumes.get(device.volume_id or "")
        if volume and volume.status == "reserved":
            volumes.attach(
                cloud,
                volume.id,
                server_id=server.id,
                device=device.device_name or "",
                host=server.host or "",
            )


class _Move:
    """The steps of one server from RESIZE to VERIFY_RESIZE."""

    def __init__(
        self,
        cloud: ComputeCloud,
        server: Server,
        migration: Migration,
        action: Action,
        only: str | None,
        *,
        fails: bool,
    ) -> None:
        self._cloud = cloud
        self._server = server
        self._migration = migration
        self._action = action
        self._only = only
        self._fails = fails

    def schedule(self) -> None:
        """Choose a host.

        Without one the server returns to its previous state, and the fault is recorded but not shown.
        """
        cloud, server, migration = self._cloud, self._server, self._migration
        stay = migration.kind == "resize" and cloud.compute.hosts.resize_to_same_host
        try:
            migration.target = scheduler.choose(
                cloud.compute, server, migration.new_flavor, only=self._only, not_on=None if stay else migration.source
            ).name
        except scheduler.NoValidHostError as error:
            self._update("error")
            history.record_fault(cloud, server, str(error))
            server.task_state = None
            history.end(cloud, server, self._action, error=str(error))
            return
        # From now on the server takes room on both hosts.
        server.migration, server.task_state = migration, "resize_migrating"
        detach_volumes(cloud, server)
        history.emit(cloud, server, "server.resizing")
        cloud.transitions.begin(server.id, "server.resize", self._fail if self._fails else self._finish)

    def _finish(self) -> None:
        cloud, server, migration = self._cloud, self._server, self._migration
        server.flavor = migration.new_flavor
        rehost(cloud, server, migration.target or migration.source)
        attach_volumes(cloud, server)
        self._update("finished")
        server.vm_state, server.task_state = states.RESIZED, None
        server.launched_at = cloud.clock.now()
        history.end(cloud, server, self._action)
        history.emit(cloud, server, "server.resized")

    def _fail(self) -> None:
        """End like Nova when the target's driver fails: on the target, off, the old flavor, volumes half attached."""
        server = self._server
        connect_volumes(self._cloud, server)
        rehost(self._cloud, server, self._migration.target or self._migration.source)
        self._update("error")
        server.migration, server.power_state = None, states.SHUTDOWN
        message = "the resize failed because of a fault of the control API"
        history.fail(self._cloud, server, self._action, message)

    def _update(self, status: str) -> None:
        self._migration.status, self._migration.updated_at = status, self._cloud.clock.now()
