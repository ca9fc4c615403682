"""The cloud as a whole: how it is made, started and ended."""

import fcntl
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, NamedTuple

from keystoneauth1.exceptions import ClientException

from realcloud import conf, databases, environment, machine, ready, seed, services, snapshot
from realcloud.commands import run
from realcloud.conf.trove import TASK_MANAGERS
from realcloud.conf.write import choose
from realcloud.errors import PortTakenError, RealCloudError, ServiceError
from realcloud.home import HOST, PORTS, Home
from realcloud.processes import GLANCE, Processes, family, memory
from realcloud.steps import say, step

ANSWER: Final = 90.0
"""Seconds a service has until it answers."""
UP: Final = 120.0
"""Seconds all have to say that they are up."""


class Status(NamedTuple):
    """How a service is."""

    name: str
    state: str
    """``up``, ``silent`` when it runs and does not answer, ``crashed``, or ``down``."""
    pid: int | None
    memory: int
    """In bytes."""


class Cloud:
    """What one home has. Every method that starts something raises RealCloudError, which says what is wrong."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.processes = Processes(home)
        self._lock = home.root / "lock"

    def start(self, *, snapshots: bool = True) -> None:
        """Install, configure, seed and start what is not yet; what runs goes on running.

        Without ``snapshots`` a first start makes none: it is up a minute sooner.
        """
        with self._alone():
            self._found()
            self._install()
            conf.write(self.home)
            self._fill(snapshots=snapshots)
            conf.write(self.home)
            self._start_all()
            self._see_that_nothing_is_exposed()
        say(f"It is up. Type:\n  export OS_CLIENT_CONFIG_FILE={self.home.clouds_yaml}")
        say("  openstack --os-cloud demo database instance list")

    def stop(self) -> None:
        """End everything, what speaks to the database before the database."""
        with self._alone():
            self._stop(list(services.table(self.home)))

    def reset(self) -> None:
        """Stop, and forget all it holds: the next start is from the snapshot."""
        self.stop()
        shutil.rmtree(self.home.data, ignore_errors=True)

    def clean(self) -> None:
        """Stop, and remove all that was made; packages of the machine stay."""
        if not self.home.root.exists():
            return
        if not self._lock.exists():
            raise RealCloudError(f"{self.home.root} has no cloud: nothing is removed")
        self.stop()
        shutil.rmtree(self.home.root)

    def status(self) -> list[Status]:
        """Return how each service is."""
        rows: list[Status] = []
        for name, service in services.table(self.home).items():
            found = self.processes.find(name)
            if found:
                state = "up" if service.is_ready() else "silent"
                rows.append(Status(name, state, found.pid, memory(found.pid)))
            else:
                rows.append(Status(name, "crashed" if self.processes.has_crashed(name) else "down", None, 0))
        return rows

    def choose(self, manager: str) -> None:
        """Have both task managers use a resource manager, or Trove's own code: ``stock``."""
        if not self.home.trove_conf.exists():
            raise RealCloudError(f"there is no Trove in {self.home.root}: python -m realcloud start")
        choose(self.home, manager)
        self.restart(*TASK_MANAGERS)

    def start_services(self, *names: str) -> None:
        """Start services that do not run, and return when they answer."""
        self._begin(names)
        self._until_ready(names)

    def _begin(self, names: Sequence[str]) -> None:
        table = services.table(self.home)
        for service in [table[name] for name in names if self.processes.find(name) is None]:
            self._check_port(service.name)
            self.processes.start(service)

    def _until_ready(self, names: Sequence[str]) -> None:
        table = services.table(self.home)
        deadline, waiting = time.monotonic() + ANSWER, [table[name] for name in names]
        while waiting := [service for service in waiting if not service.is_ready()]:
            for service in waiting:
                self._check(service.name)
            if time.monotonic() > deadline:
                raise ServiceError(
                    waiting[0].name, f"did not answer within {ANSWER:.0f} s", self.home.log(waiting[0].name)
                )
            time.sleep(GLANCE)

    def restart(self, *names: str) -> None:
        """Stop services and start them again."""
        self._stop(names)
        self.start_services(*names)

    def kill(self, name: str) -> None:
        """End a service as a machine that dies does."""
        self.processes.kill(name)

    def _found(self) -> None:
        """Say what an earlier start left."""
        names = list(services.table(self.home)) if self.home.run.exists() else []
        crashed = [name for name in names if self.processes.has_crashed(name)]
        running = [name for name in names if self.processes.find(name)]
        if running:
            say(f"Running already: {len(running)} services.")
        if crashed:
            say(f"Ended without being asked to, since it was started last: {', '.join(crashed)}.")

    def _install(self) -> None:
        """Install what is missing or has changed; what was run from it has ended then."""
        for directory in (self.home.root, self.home.logs, self.home.run, self.home.data):
            directory.mkdir(parents=True, exist_ok=True)
        with step("Packages of the machine"):
            machine.install(self.home)
        stale = environment.stale(self.home)
        everything = list(services.table(self.home))
        users = everything if "services" in stale else [user for name in stale for user in services.RUN_FROM[name]]
        if running := [name for name in users if self.processes.find(name)]:
            say(f"Changed: {', '.join(stale)}; started again with it: {', '.join(running)}.")
            self._stop(running)
        if "services" in stale and self.home.filled.exists():
            say("Other versions: what it held is made anew.")
            self.home.filled.unlink()
        with step("The services' environment"):
            environment.install(self.home, stale)

    def _fill(self, *, snapshots: bool) -> None:
        """Make the databases and the seed, or put back what they were."""
        if self.home.filled.exists():
            return
        # What an interrupted start left is half of something.
        self._stop(list(services.table(self.home)))
        if snapshot.restore(self.home):
            say("The data is a snapshot's.")
            return
        shutil.rmtree(self.home.data)
        conf.write(self.home)
        databases.initialize(self.home)
        with step("Database, broker, cache, name server"):
            self.start_services(*services.INFRASTRUCTURE)
        with step("Schemas"):
            databases.create(self.home)
        with step("Users and catalog"):
            self.start_services("keystone")
            seed.identity(self.home)
        self._seed()
        self.home.filled.touch()
        if snapshots:
            with step("A snapshot of it"):
                self._stop(list(services.table(self.home)))
                snapshot.save(self.home)

    def _seed(self) -> None:
        began = datetime.now(UTC).replace(microsecond=0)
        names = [name for name in services.table(self.home) if name not in services.TROVE]
        with step("OpenStack's services"):
            self._start_in_order(names)
            designate = str(self.home.configuration / "designate")
            command = [self.home.command("designate-manage"), "--config-file", f"{designate}/designate.conf"]
            self._until_up(began, names)
            run([*command, "pool", "update", "--file", f"{designate}/pools.yaml"], self.home.log("install-databases"))
        with step("Flavors, an image, networks, a zone"):
            seeded = seed.resources(self.home)
        seeded.write(self.home)
        conf.write(self.home)
        with step("Trove's schema, the plug-in's columns, datastores"):
            databases.trove(self.home, seeded.image_id)

    def _start_all(self) -> None:
        """Start what is down; before task managers Trove's database gets the columns of the plug-in they have now."""
        began = datetime.now(UTC).replace(microsecond=0)
        down = [name for name in services.table(self.home) if self.processes.find(name) is None]
        if not down:
            return
        with step(f"Starting {len(down)} services"):
            self.start_services(*[name for name in services.INFRASTRUCTURE if name in down])
            if set(TASK_MANAGERS) & set(down):
                databases.columns(self.home)
            self._start_in_order(down)
        with step("Until all say that they are up"):
            self._until_up(began, down)

    def _start_in_order(self, names: Sequence[str]) -> None:
        """Start first what others die without."""
        self.start_services(*[name for name in names if name in services.INFRASTRUCTURE])
        self._begin([name for name in names if name not in services.HASTY])
        self._until_ready(services.NEEDED_BY_THE_HASTY)
        self._begin([name for name in names if name in services.HASTY])
        self._until_ready(names)

    def _until_up(self, since: datetime, started: Sequence[str]) -> None:
        deadline, missing, said = time.monotonic() + UP, ["keystone"], ""
        while missing:
            try:
                missing = ready.Looker(seed.connect(self.home, "admin").session, since, started).missing()
                said = ""
            except ClientException as error:
                said = f" ({error})"
            for name in services.table(self.home):
                self._check(name)
            if missing and time.monotonic() > deadline:
                raise ServiceError(missing[0], f"was not up within {UP:.0f} s{said}", self.home.log(missing[0]))
            if missing:
                time.sleep(GLANCE * 5)

    def _stop(self, names: Sequence[str]) -> None:
        first = [name for name in names if name not in services.INFRASTRUCTURE]
        for group in (first, [name for name in names if name in services.INFRASTRUCTURE]):
            killed = self.processes.stop(group)
            if killed and len(names) > 1:
                say(f"Did not end, and were killed: {', '.join(killed)}.")

    def _check(self, name: str) -> None:
        if self.processes.has_crashed(name):
            raise ServiceError(name, "has ended", self.home.log(name))

    def _see_that_nothing_is_exposed(self) -> None:
        found = [process for name in services.table(self.home) if (process := self.processes.find(name))]
        pids = {each.pid for process in found for each in family(process.pid)}
        if exposed := machine.exposed(pids):
            raise RealCloudError(f"these can be reached from elsewhere, and must not be: {', '.join(exposed)}")

    def _check_port(self, name: str) -> None:
        if name not in PORTS:
            return
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, PORTS[name]))
            except OSError as error:
                raise PortTakenError(PORTS[name], name, machine.who_listens(PORTS[name])) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others from starting and stopping the same cloud."""
        self.home.root.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise RealCloudError(f"somebody else is starting or stopping the cloud in {self.home.root}") from error
            yield
