"""A whole lab: the emulated cloud, and Trove, and Heat if wanted, on it."""

import shutil
import socket
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.seed import HEAT_DOMAIN, HEAT_DOMAIN_ADMIN, PASSWORD, USERS, ZONE, seed
from trove_lab.cloud.server import CloudServer
from trove_lab.local import clouds_yaml, heat_conf, sqlite, trove_conf
from trove_lab.local.conf_file import Options
from trove_lab.local.control import Control
from trove_lab.local.directory import LockedDirectory
from trove_lab.local.errors import PortInUseError
from trove_lab.local.heat_conf import Heat, HeatSite
from trove_lab.local.heat_process import HeatProcess
from trove_lab.local.managers import manager_of
from trove_lab.local.records import SqliteDatabase
from trove_lab.local.surroundings import Account, Surroundings, look_up
from trove_lab.local.trove_conf import Site
from trove_lab.local.trove_process import TroveProcess

START = 60.0
"""Seconds Trove has to start, and Heat."""
HEAT = "heat"
"""What the cloud's log calls who makes Heat's own requests."""


class Lab:
    """A cloud and a Trove that runs on it, from ``with`` to its end.

    ``port`` is where the cloud answers; Trove's API is on the next one, Heat's on the one after; 0 takes any.
    ``options`` are lines for ``trove.conf``, by group and name; they override everything else. Without ``columns``
    Trove's database is as Trove alone makes it. Without ``heat`` there is the one the manager needs; when it needs
    none, none runs, and the cloud's catalog has none.

    Entering raises a LabError when the lab cannot run; then nothing of it is left running.
    """

    cloud: Cloud
    cloud_url: str
    auth_url: str
    trove_url: str
    heat_url: str | None = None
    """Of heat-api itself, when Heat runs. The catalog leads there by way of the cloud, which logs what is asked."""
    control: Control
    """The cloud's control API."""
    surroundings: Surroundings
    trove_database: Path
    """The SQLite file of Trove's database."""
    seconds_to_start: float

    def __init__(
        self,
        directory: Path,
        *,
        manager: str = "stock",
        port: int = 0,
        options: Options | None = None,
        columns: bool = True,
        heat: Heat | None = None,
    ) -> None:
        self.directory = directory.absolute()
        self.manager = manager
        self._port = port
        self.options = options or {}
        self._columns = columns
        self._heat_wanted = heat or manager_of(manager).heat
        self._heat: HeatProcess | None = None
        self._stack = ExitStack()

    @property
    def database(self) -> SqliteDatabase:
        """Trove's database, to be read."""
        return SqliteDatabase(self.trove_database)

    @property
    def clouds_yaml(self) -> Path:
        """The file for ``OS_CLIENT_CONFIG_FILE``. Its clouds are ``admin``, ``demo``, ``alt`` and ``trove``."""
        return self.directory / "clouds.yaml"

    def __enter__(self) -> Self:
        """Start everything and return when it answers."""
        began = time.monotonic()
        with ExitStack() as stack:
            stack.enter_context(LockedDirectory(self.directory))
            self._start_cloud(stack)
            self._begin_heat(stack)
            self._start_trove(stack)
            if self._heat:
                self._heat.wait_until_ready(START)
            # Who looks at the log of requests looks for those of instances and stacks.
            self.control.delete("requests")
            self._stack = stack.pop_all()
        self.seconds_to_start = time.monotonic() - began
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self._stack.close()

    def restart_trove(self, *, manager: str, options: Options | None = None) -> None:
        """Stop Trove and start it with another manager, on the same cloud and the same database.

        ``options`` take the place of those of the lab. The guests are there again, with what was on their disks.
        Raises ServiceDiedError when Trove does not start; then none runs. Raises ValueError for a manager that needs
        Heat in a lab without one.
        """
        if manager_of(manager).heat and not self._heat:
            raise ValueError(f"{manager} needs Heat: give the lab one from the start")
        self._trove.stop()
        self.manager = manager
        self.options = self.options if options is None else options
        self._run_trove()

    def check(self) -> None:
        """Raise ServiceDiedError when Trove or Heat has ended."""
        self._trove.check()
        if self._heat:
            self._heat.check()

    @property
    def pids(self) -> Mapping[str, int]:
        """The ids of the processes beside this one, by what runs in them."""
        return {"trove": self._trove.pid, **({"heat": self._heat.pid} if self._heat else {})}

    def _start_cloud(self, stack: ExitStack) -> None:
        cloud_port = _free_port(self._port, "the emulated cloud")
        self._trove_port = _free_port(self._port + 1 if self._port else 0, "trove-api")
        self.trove_url = f"http://127.0.0.1:{self._trove_port}"
        catalog = {"database": f"{self.trove_url}/v1.0/%(project_id)s"}
        if self._heat_wanted:
            self._heat_port = _free_port(self._port + 2 if self._port else 0, "heat-api")
            self.heat_url = f"http://127.0.0.1:{self._heat_port}"
        self.cloud = Cloud(seed=lambda cloud: seed(cloud, catalog), heat_url=self.heat_url)
        try:
            server = stack.enter_context(CloudServer(self.cloud, port=cloud_port))
        except OSError as error:
            raise PortInUseError(cloud_port, "the emulated cloud") from error
        self.cloud_url, self.auth_url = server.url, server.auth_url
        self.control = Control(self.cloud_url)
        accounts = [clouds_yaml.Account(user, project) for user, (project, _) in USERS.items()]
        clouds_yaml.write(self.clouds_yaml, auth_url=self.auth_url, password=PASSWORD, accounts=accounts)

    def _begin_heat(self, stack: ExitStack) -> None:
        """Start Heat, which becomes ready while Trove starts."""
        if self._heat_wanted is None:
            return
        # By a port of its own: many of its requests carry the token with which it was asked.
        server = stack.enter_context(CloudServer(self.cloud, client=HEAT))
        site = HeatSite(
            directory=self.directory,
            api_port=self._heat_port,
            auth_url=server.auth_url,
            username="heat",
            password=PASSWORD,
            project_name="service",
            stack_domain=HEAT_DOMAIN,
            stack_domain_admin=HEAT_DOMAIN_ADMIN,
        )
        stack.enter_context(sqlite.created(site.database))
        site.log.unlink(missing_ok=True)
        heat_conf.write(site, self._heat_wanted)
        self._heat = HeatProcess(site, hurry=self._heat_wanted.hurry)
        stack.callback(self._heat.stop)

    def _start_trove(self, stack: ExitStack) -> None:
        trove = self._account("trove")
        found = self.surroundings = look_up(trove, zone_name=ZONE)
        self._site = Site(
            directory=self.directory,
            api_port=self._trove_port,
            auth_url=self.auth_url,
            username="trove",
            password=PASSWORD,
            project_name=USERS["trove"][0],
            project_id=found.project_id,
            management_network_id=found.management_network_id,
            public_network_id=found.public_network_id,
            zone_id=found.zone_id,
            zone_name=ZONE,
        )
        self.trove_database = self._site.database
        # The cloud of an earlier start is gone, and with it what that database speaks of.
        for database in (self._site.database, self._site.task_log):
            stack.enter_context(sqlite.created(database))
        self._site.log.unlink(missing_ok=True)
        shutil.rmtree(self.directory / trove_conf.GUESTS, ignore_errors=True)
        stack.callback(self._stop_trove)
        self._run_trove()

    def _run_trove(self) -> None:
        trove_conf.write(self._site, {"10-manager": manager_of(self.manager).options, "90-options": self.options})
        self._trove = TroveProcess(
            self._site, cloud_url=self.cloud_url, image_id=self.surroundings.image_id, columns=self._columns
        )
        self._trove.wait_until_ready(START)

    def _stop_trove(self) -> None:
        """Stop the Trove that runs by then."""
        self._trove.stop()

    def _account(self, user: str) -> Account:
        return Account(self.auth_url, username=user, password=PASSWORD, project_name=USERS[user][0])


def _free_port(wanted: int, whose: str) -> int:
    """Return ``wanted``, or any free port for 0. Raises PortInUseError."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise PortInUseError(wanted, whose) from error
        return int(probe.getsockname()[1])
