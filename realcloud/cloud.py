"""The cloud as a whole: how it is created, started and stopped."""

import fcntl
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, NamedTuple

from keystoneauth1.exceptions import ClientException

from realcloud import conf, databases, environment, machine, readiness, seed, services, snapshot
from realcloud.commands import run
from realcloud.conf.trove import TASK_MANAGERS
from realcloud.conf.write import choose_manager
from realcloud.errors import PortInUseError, RealCloudError, ServiceError
from realcloud.home import HOST, PORTS, Home
from realcloud.processes import POLL_INTERVAL, Processes, memory, process_tree
from realcloud.progress import say, step

RESPOND_TIMEOUT: Final = 90.0
"""Seconds that services have to respond after they were started."""
REPORT_TIMEOUT: Final = 120.0
"""Seconds that services have to report that they are up."""


class Status(NamedTuple):
    """The status of a service."""

    name: str
    state: str
    """``up``, ``silent`` if it runs but does not respond, ``crashed``, or ``down``."""
    pid: int | None
    memory: int
    """In bytes."""


class Cloud:
    """The cloud of one home. Every method that starts something raises RealCloudError if it fails."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.processes = Processes(home)
        self._lock = home.root / "lock"

    def start(self, *, snapshots: bool = True) -> None:
        """Install, configure, seed and start whatever is missing. Running services keep running.

        Without ``snapshots``, a first start makes no snapshot, which saves a minute.
        """
        with self._exclusive():
            self._report_processes()
            self._install()
            conf.write(self.home)
            self._ensure_data(snapshots=snapshots)
            conf.write(self.home)
            self._start_all()
            self._check_exposure()
        say(f"The cloud is up. To use it:\n  export OS_CLIENT_CONFIG_FILE={self.home.clouds_yaml}")
        say("  openstack --os-cloud demo database instance list")

    def stop(self) -> None:
        """Stop all services, the clients of the database before the database."""
        with self._exclusive():
            self._stop(list(services.table(self.home)))

    def reset(self) -> None:
        """Stop all services and delete their data. The next start restores the snapshot."""
        self.stop()
        shutil.rmtree(self.home.data, ignore_errors=True)

    def clean(self) -> None:
        """Stop all services and delete everything except packages of the machine."""
        if not self.home.root.exists():
            return
        if not self._lock.exists():
            raise RealCloudError(f"{self.home.root} has no cloud: nothing is removed")
        self.stop()
        shutil.rmtree(self.home.root)

    def status(self) -> list[Status]:
        """Return the status of each service."""
        rows: list[Status] = []
        for name, service in services.table(self.home).items():
            found = self.processes.find(name)
            if found:
                state = "up" if service.is_ready() else "silent"
                rows.append(Status(name, state, found.pid, memory(found.pid)))
            else:
                rows.append(Status(name, "crashed" if self.processes.has_crashed(name) else "down", None, 0))
        return rows

    def use_manager(self, manager: str) -> None:
        """Restart both task managers with a resource manager, or with Trove's own code: ``stock``."""
        if not self.home.trove_conf.exists():
            raise RealCloudError(f"there is no Trove in {self.home.root}: run python -m realcloud start first")
        choose_manager(self.home, manager)
        self.restart(*TASK_MANAGERS)

    def start_services(self, *names: str) -> None:
        """Start the services that do not run, and return when all respond."""
        self._launch(names)
        self._wait_until_ready(names)

    def _launch(self, names: Sequence[str]) -> None:
        table = services.table(self.home)
        for service in [table[name] for name in names if self.processes.find(name) is None]:
            self._check_port(service.name)
            self.processes.start(service)

    def _wait_until_ready(self, names: Sequence[str]) -> None:
        table = services.table(self.home)
        deadline, waiting = time.monotonic() + RESPOND_TIMEOUT, [table[name] for name in names]
        while waiting := [service for service in waiting if not service.is_ready()]:
            for service in waiting:
                self._check_alive(service.name)
            if time.monotonic() > deadline:
                raise ServiceError(
                    waiting[0].name, f"did not respond within {RESPOND_TIMEOUT:.0f} s", self.home.log(waiting[0].name)
                )
            time.sleep(POLL_INTERVAL)

    def restart(self, *names: str) -> None:
        """Stop services and start them again."""
        self._stop(names)
        self.start_services(*names)

    def kill(self, name: str) -> None:
        """Kill a service without warning, as if its machine had died."""
        self.processes.kill(name)

    def _report_processes(self) -> None:
        """Print which services run already, and which have crashed."""
        names = list(services.table(self.home)) if self.home.run.exists() else []
        crashed = [name for name in names if self.processes.has_crashed(name)]
        running = [name for name in names if self.processes.find(name)]
        if running:
            say(f"Already running: {len(running)} services.")
        if crashed:
            say(f"Crashed since the last start: {', '.join(crashed)}.")

    def _install(self) -> None:
        """Install what is missing or has changed, after stopping the services that run from it."""
        for directory in (self.home.root, self.home.logs, self.home.run, self.home.data):
            directory.mkdir(parents=True, exist_ok=True)
        with step("Installing packages of the machine"):
            machine.install(self.home)
        stale = environment.stale(self.home)
        everything = list(services.table(self.home))
        users = everything if "services" in stale else [user for name in stale for user in services.RUN_FROM[name]]
        if running := [name for name in users if self.processes.find(name)]:
            say(f"Changed: {', '.join(stale)}. Restarting: {', '.join(running)}.")
            self._stop(running)
        if "services" in stale and self.home.data_complete.exists():
            say("Other versions: the data is recreated.")
            self.home.data_complete.unlink()
        with step("Installing the services' environment"):
            environment.install(self.home, stale)

    def _ensure_data(self, *, snapshots: bool) -> None:
        """Restore the snapshot, or create the databases and seed the cloud, unless its data is complete."""
        if self.home.data_complete.exists():
            return
        # An interrupted start may have left services running on incomplete data.
        self._stop(list(services.table(self.home)))
        if snapshot.restore(self.home):
            say("Restored the data from the snapshot.")
            return
        shutil.rmtree(self.home.data)
        conf.write(self.home)
        databases.initialize(self.home)
        with step("Starting database, broker, cache and name server"):
            self.start_services(*services.INFRASTRUCTURE)
        with step("Creating schemas"):
            databases.create(self.home)
        with step("Creating users and the catalog"):
            self.start_services("keystone")
            seed.identity(self.home)
        self._seed()
        self.home.data_complete.touch()
        if snapshots:
            with step("Saving a snapshot"):
                self._stop(list(services.table(self.home)))
                snapshot.save(self.home)

    def _seed(self) -> None:
        began = datetime.now(UTC).replace(microsecond=0)
        names = [name for name in services.table(self.home) if name not in services.TROVE]
        with step("Starting OpenStack's services"):
            self._start_in_order(names)
            designate = str(self.home.configuration / "designate")
            command = [self.home.command("designate-manage"), "--config-file", f"{designate}/designate.conf"]
            self._wait_until_up(began, names)
            run([*command, "pool", "update", "--file", f"{designate}/pools.yaml"], self.home.log("install-databases"))
        with step("Creating flavors, an image, networks and a zone"):
            seeded = seed.resources(self.home)
        seeded.write(self.home)
        conf.write(self.home)
        with step("Creating Trove's schema, the plug-in's columns and datastores"):
            databases.trove(self.home, seeded.image_id)

    def _start_all(self) -> None:
        """Start what is down. Before the task managers, add their plug-in's columns to Trove's database."""
        began = datetime.now(UTC).replace(microsecond=0)
        down = [name for name in services.table(self.home) if self.processes.find(name) is None]
        if not down:
            return
        with step(f"Starting {len(down)} services"):
            self.start_services(*[name for name in services.INFRASTRUCTURE if name in down])
            if set(TASK_MANAGERS) & set(down):
                databases.columns(self.home)
            self._start_in_order(down)
        with step("Waiting until all report that they are up"):
            self._wait_until_up(began, down)

    def _start_in_order(self, names: Sequence[str]) -> None:
        """Start services after those that they need at startup."""
        self.start_services(*[name for name in names if name in services.INFRASTRUCTURE])
        self._launch([name for name in names if name not in services.DEPENDENT])
        self._wait_until_ready(services.DEPENDED_ON)
        self._launch([name for name in names if name in services.DEPENDENT])
        self._wait_until_ready(names)

    def _wait_until_up(self, since: datetime, started: Sequence[str]) -> None:
        deadline, missing, cause = time.monotonic() + REPORT_TIMEOUT, ["keystone"], ""
        while missing:
            try:
                missing = readiness.Readiness(seed.connect(self.home, "admin").session, since, started).missing()
                cause = ""
            except ClientException as error:
                cause = f" ({error})"
            for name in services.table(self.home):
                self._check_alive(name)
            if missing and time.monotonic() > deadline:
                raise ServiceError(
                    missing[0], f"was not up within {REPORT_TIMEOUT:.0f} s{cause}", self.home.log(missing[0])
                )
            if missing:
                time.sleep(POLL_INTERVAL * 5)

    def _stop(self, names: Sequence[str]) -> None:
        first = [name for name in names if name not in services.INFRASTRUCTURE]
        for group in (first, [name for name in names if name in services.INFRASTRUCTURE]):
            killed = self.processes.stop(group)
            if killed and len(names) > 1:
                say(f"Killed because they did not stop in time: {', '.join(killed)}.")

    def _check_alive(self, name: str) -> None:
        if self.processes.has_crashed(name):
            raise ServiceError(name, "has exited", self.home.log(name))

    def _check_exposure(self) -> None:
        found = [process for name in services.table(self.home) if (process := self.processes.find(name))]
        pids = {each.pid for process in found for each in process_tree(process.pid)}
        if exposed := machine.exposed(pids):
            raise RealCloudError(f"these services can be reached from other machines: {', '.join(exposed)}")

    def _check_port(self, name: str) -> None:
        if name not in PORTS:
            return
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, PORTS[name]))
            except OSError as error:
                raise PortInUseError(PORTS[name], name, machine.listener_on(PORTS[name])) from error

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Prevent that the same cloud is started and stopped at the same time."""
        self.home.root.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RealCloudError(
                    f"another command is starting or stopping the cloud in {self.home.root}"
                ) from error
            yield
