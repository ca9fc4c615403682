"""Building a server: choose a host, create volumes, then end in ACTIVE or ERROR."""

from __future__ import annotations

from collections.abc import Callable

from trove_lab.cloud.compute import block_devices, history, scheduler, states
from trove_lab.cloud.compute.request import ComputeCloud
from trove_lab.cloud.compute.state import Action, Server
from trove_lab.cloud.network import internal_api as network
from trove_lab.cloud.volume import internal_api as volumes


def start(
    cloud: ComputeCloud, server: Server, action: Action, *, only: str | None, failure: str | None, fails: bool
) -> None:
    """Begin to build a server that is in BUILD.

    ``only`` is the requested host. ``failure`` is the message with which the build will fail, if it must. ``fails``
    means that a fault demands failure.
    """
    build = _Build(cloud, server, action, only, failure, fails=fails)
    cloud.transitions.begin(server.id, "server.schedule", build.schedule)


class _Build:
    """The steps of one server from BUILD to ACTIVE or ERROR."""

    def __init__(
        self, cloud: ComputeCloud, server: Server, action: Action, only: str | None, failure: str | None, *, fails: bool
    ) -> None:
        self._cloud = cloud
        self._server = server
        self._action = action
        self._only = only
        self._failure = failure
        self._fails = fails

    def schedule(self) -> None:
        """Choose a host."""
        cloud, server = self._cloud, self._server
        try:
            server.host = scheduler.choose(cloud.compute, server, server.flavor, only=self._only).name
        except scheduler.NoValidHostError as error:
            # Existing volumes stay reserved until the server is deleted.
            network.unplug(cloud, server.id)
            history.fail(cloud, server, self._action, str(error))
            return
        network.rehost(cloud, server.id, server.host)
        server.task_state, server.updated_at = "block_device_mapping", cloud.clock.now()
        if self._failure:
            self._abort(f"Build of instance {server.id} aborted: {self._failure}")
            return
        self._make_volumes()

    def _make_volumes(self) -> None:
        try:
            made = block_devices.make_volumes(self._cloud, self._server)
        except volumes.VolumeError as error:
            self._abort(f"Build of instance {self._server.id} aborted: {error}")
            return
        if made:
            # They were begun before this transition, so they end before it does.
            self._cloud.transitions.begin(self._server.id, "volume.create", self._attach)
        else:
            self._attach()

    def _attach(self) -> None:
        problem = block_devices.attach(self._cloud, self._server)
        if problem:
            self._abort(problem)
            return
        self._server.task_state = "spawning"
        self._begin("server.build", self._fail if self._fails else self._run)

    def _begin(self, operation: str, end: Callable[[], None]) -> None:
        self._cloud.transitions.begin(self._server.id, operation, end)

    def _run(self) -> None:
        server = self._server
        server.vm_state, server.task_state, server.power_state = states.ACTIVE, None, states.RUNNING
        server.launched_at = self._cloud.clock.now()
        history.end(self._cloud, server, self._action)
        history.emit(self._cloud, server, "server.active")

    def _fail(self) -> None:
        """End like Nova when the build has failed on every host it tried."""
        self._abort(
            f"Exceeded maximum number of retries. Exceeded max scheduling attempts 3 for instance {self._server.id}."
            " Last exception: the build failed because of a fault of the control API"
        )

    def _abort(self, message: str) -> None:
        """Release host, ports and volumes.

        The server still lists its volumes, including those that were to be created.
        """
        network.unplug(self._cloud, self._server.id)
        for device in self._server.volumes:
            volumes.detach(self._cloud, device.volume_id or "", self._server.id)
        self._server.host = None
        history.fail(self._cloud, self._server, self._action, message)
