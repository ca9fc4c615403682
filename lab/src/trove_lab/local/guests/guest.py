"""One guest: its power, its agent and the container of its database."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from trove.common.exception import TroveError
from trove.instance.service_status import ServiceStatus, ServiceStatuses

from trove_lab.local.guests.behaviour import Behaviour
from trove_lab.local.guests.conductor import Conductor
from trove_lab.local.guests.database import Database
from trove_lab.local.guests.disks import Disk
from trove_lab.local.guests.events import Server

LOG = logging.getLogger(__name__)

Endpoints = Callable[["Guest"], Sequence[object]]


class Guest:
    """A guest on a server.

    It is used by the threads that handle calls, by the one that boots it, and by those of the fleet. In a process with
    Trove all of them are green threads.
    """

    def __init__(
        self,
        instance_id: str,
        server: Server,
        *,
        behaviour: Behaviour,
        conductor: Conductor,
        endpoints: Endpoints,
        disk: Disk | None = None,
        catch_up: Callable[[], None] = lambda: None,
    ) -> None:
        self.instance_id = instance_id
        self.server = server
        self.behaviour = behaviour
        self.conductor = conductor
        self.disk = disk or Disk()
        self.mounted = False
        """Whether the data volume is mounted."""
        self.status: ServiceStatus = ServiceStatuses.SHUTDOWN
        """The status of the database's container: healthy, shutdown (stopped) or crashed."""
        self._endpoints = endpoints
        self._switching = threading.Lock()
        """Held while the power is switched, so that a canceled boot leaves no agent behind."""
        self._off = threading.Event()
        self._off.set()
        self._agent: Any = None
        self._listens = threading.Event()
        self._catch_up = catch_up

    @property
    def database(self) -> Database:
        """The database on the data volume."""
        return self.disk.database

    # Power

    def power_on(self, server: Server) -> None:
        """Boot in a new thread."""
        self.power_off()
        self.server = server
        self._off = off = threading.Event()
        threading.Thread(target=self._boot, args=(off,), name=f"guest-{self.instance_id}", daemon=True).start()

    def power_off(self) -> None:
        """Stop the agent at once. Calls in progress are never answered."""
        with self._switching:
            self._off.set()
            self._listens.clear()
            agent, self._agent = self._agent, None
        if agent is not None:
            agent.stop()

    def lose_root_disk(self) -> None:
        """Reset what a rebuild of the server deletes: the agent's state and the container."""
        self.disk.installed = False
        self.status = ServiceStatuses.SHUTDOWN
        self.disk.to_run = False

    def _boot(self, off: threading.Event) -> None:
        try:
            if off.wait(self.behaviour.seconds("boot")):
                return
            if self.misbehaves("never_reports"):
                LOG.info("guest of instance %s is configured never to report", self.instance_id)
                return
            self.database.size = self.behaviour.volume_size(self.instance_id, self.server)
            self.status = ServiceStatuses.SHUTDOWN
            # A real agent mounts the volume when it starts (``trove/cmd/guest.py``).
            self.mounted = True
            if not self._listen(off):
                return
            LOG.info("guest of instance %s runs on %s (%s)", self.instance_id, self.server.name, self.server.flavor)
            if self.disk.installed and self.disk.to_run:
                self.start_database()
            self.heartbeat()
        except Exception:
            LOG.exception("guest of instance %s failed while it booted", self.instance_id)

    def _listen(self, off: threading.Event) -> bool:
        """Start to answer calls. Return False if the server was switched off meanwhile."""
        agent = self.conductor.listen(self._endpoints(self))
        with self._switching:
            if not off.is_set():
                self._agent = agent
                self._listens.set()
                return True
        agent.stop()
        return False

    # The agent

    def heartbeat(self) -> None:
        """Report the status of the database. Like a real agent, report nothing before prepare."""
        self._catch_up()
        if self.disk.installed and self._agent is not None:
            self.conductor.report(self.status)

    def take_call(self) -> None:
        """Wait until an agent can handle a call that has arrived: calls wait while the server is off."""
        self._catch_up()
        self._listens.wait()

    def install(self, work: Callable[[], None], *, waits_for_cluster: bool = False) -> None:
        """Do the work of prepare or rebuild: report ``building`` before it, and the result after it.

        A member of a cluster reports ``instance ready``, and then nothing until the cluster is complete.
        """
        self.conductor.report(ServiceStatuses.BUILDING)
        try:
            self.take("prepare")
            self._fail_if_configured()
            work()
            self.disk.to_run = True
            self.status = self._started_status()
        except Exception:
            self.conductor.report(ServiceStatuses.FAILED)
            raise
        if waits_for_cluster:
            self.conductor.report(ServiceStatuses.INSTANCE_READY)
        else:
            self.end_install()

    def end_install(self) -> None:
        """Start to report."""
        self.disk.installed = True
        self.disk.write()
        self.heartbeat()

    def start_database(self) -> None:
        """Start the database and report. Raises TroveError when it does not start."""
        if not self.mounted:
            raise TroveError("The data volume is not mounted: the database would start without its data")
        self.disk.to_run = True
        self.take("start")
        if self.misbehaves("does_not_start"):
            self.status = ServiceStatuses.CRASHED
            self.heartbeat()
            raise TroveError(f"Failed to start on flavor {self.server.flavor}: configured by the control API")
        self.status = self._started_status()
        self.heartbeat()

    def stop_database(self) -> None:
        """Stop the database and report. Never returns when configured to hang."""
        if self.misbehaves("stop_hangs"):
            LOG.info("guest of instance %s is configured to hang while it stops", self.instance_id)
            self._hang()
        self.take("stop")
        self.status = ServiceStatuses.SHUTDOWN
        self.disk.to_run = False
        self.heartbeat()

    def restart_database(self) -> None:
        """Stop the database if it is running, then start it."""
        if not self.disk.installed:
            raise TroveError("The database has no container: it was not prepared, or the root disk was replaced")
        if self.status == ServiceStatuses.HEALTHY:
            self.take("stop")
        self.start_database()

    def take(self, operation: str) -> None:
        """Wait for the duration of an operation. Never returns if the server is switched off meanwhile."""
        off = self._off
        if off.wait(self.behaviour.seconds(operation)):
            self._hang()

    def misbehaves(self, kind: str, call: str = "") -> bool:
        """Return whether to misbehave in this way now, in a call."""
        return self.behaviour.misbehaves(kind, self.instance_id, self.server, call)

    def misbehave_in(self, call: str) -> None:
        """Misbehave in a call if configured to: raise TroveError, or never return."""
        if self.misbehaves("call_hangs", call):
            self._hang()
        if self.misbehaves("call_fails", call):
            raise TroveError(f"{call} failed: configured by the control API")

    def mount(self) -> None:
        """Mount the data volume. Raises TroveError if it is mounted, as ``mount`` fails then."""
        if self.mounted:
            raise TroveError("Could not mount the data volume: it is mounted already")
        self.mounted = True

    def unmount(self) -> None:
        """Unmount the data volume. Raises TroveError while the database is running, because the volume is busy."""
        if self.status == ServiceStatuses.HEALTHY:
            raise TroveError("Error unmounting the data volume: target is busy")
        self.mounted = False

    def _started_status(self) -> ServiceStatus:
        """Return the status of a database that was just started."""
        return ServiceStatuses.FAILED if self.misbehaves("starts_ill") else ServiceStatuses.HEALTHY

    def _fail_if_configured(self) -> None:
        if self.misbehaves("prepare_fails"):
            raise TroveError("Failed to prepare the database: configured by the control API")

    def _hang(self) -> NoReturn:
        """Never return: an exception would be an answer."""
        while True:
            threading.Event().wait()
