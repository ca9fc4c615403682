"""A whole lab: the emulated cloud with Trove and, optionally, Heat."""

import shutil
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
from trove_lab.local.ports import check_free, free_port
from trove_lab.local.records import SqliteDatabase
from trove_lab.local.surroundings import Account, Surroundings, look_up
from trove_lab.local.trove_conf import Site
from trove_lab.local.trove_process import TroveProcess

START = 60.0
"""Timeout in seconds for the start of Trove, and of Heat."""
HEAT = "heat"
"""The client name of Heat's own requests in the cloud's request log."""


class Lab:
    """A cloud with a Trove on it, as a context manager.

    ``port`` is the port of the cloud. Trove's API uses the next one, Heat's the one after; 0 chooses free ports.
    ``options`` are options for ``trove.conf``, by group and name; they override all others. Without ``columns``
    Trove's database lacks the columns of the plug-in. Without ``heat`` the lab has the Heat that the manager needs, if
    any; a lab without Heat has none in the catalog either.

    Entering raises a LabError when the lab cannot start. Nothing of it is left running then.
    """

    cloud: Cloud
    cloud_url: str
    auth_url: str
    trove_url: str
    heat_url: str | None = None
    """The URL of heat-api, if Heat runs. The catalog has a URL of the cloud, which logs and forwards requests."""
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
        """Trove's database, read-only."""
        return SqliteDatabase(self.trove_database)

    @property
    def clouds_yaml(self) -> Path:
        """The file for ``OS_CLIENT_CONFIG_FILE``, with the clouds ``admin``, ``demo``, ``alt`` and ``trove``."""
        return self.directory / "clouds.yaml"

    @property
    def config_file(self) -> Path:
        """Trove's configuration file."""
        return self._site.config_file

    @property
    def config_directory(self) -> Path:
        """The directory of Trove's drop-in files."""
        return self._site.config_directory

    def __enter__(self) -> Self:
        """Start everything and wait until it answers."""
        began = time.monotonic()
        with ExitStack() as stack:
            stack.enter_context(LockedDirectory(self.directory))
            self._start_cloud(stack)
            self._start_heat(stack)
            self._start_trove(stack)
            if self._heat:
                self._heat.wait_until_ready(START)
            # The requests of the start are of no interest in the request log.
            self.control.delete("requests")
            self._stack = stack.pop_all()
        self.seconds_to_start = time.monotonic() - began
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self._stack.close()

    def restart_trove(self, *, manager: str, options: Options | None = None) -> None:
        """Restart Trove with another manager, on the same cloud and with the same database.

        ``options`` replace those of the lab. The guests restart too and keep their disks. Raises ServiceDiedError when
        Trove does not start; no Trove is running then. Raises ValueError when the manager needs Heat and the lab has
        none.
        """
        if manager_of(manager).heat and not self._heat:
            raise ValueError(f"{manager} needs Heat, and this lab was started without it")
        self._trove.stop()
        self.manager = manager
        self.options = self.options if options is None else options
        self._run_trove()

    def check(self) -> None:
        """Raise ServiceDiedError when Trove or Heat has died."""
        self._trove.check()
        if self._heat:
            self._heat.check()

    @property
    def pids(self) -> Mapping[str, int]:
        """The ids of the child processes, by service."""
        return {"trove": self._trove.pid, **({"heat": self._heat.pid} if self._heat else {})}

    def _start_cloud(self, stack: ExitStack) -> None:
        cloud_port = _port(self._port, "the emulated cloud")
        self._trove_port = _port(self._port + 1 if self._port else 0, "trove-api")
        self.trove_url = f"http://127.0.0.1:{self._trove_port}"
        catalog = {"database": f"{self.trove_url}/v1.0/%(project_id)s"}
        if self._heat_wanted:
            self._heat_port = _port(self._port + 2 if self._port else 0, "heat-api")
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

    def _start_heat(self, stack: ExitStack) -> None:
        """Start Heat without waiting: it becomes ready while Trove starts."""
        if self._heat_wanted is None:
            return
        # Heat uses a port of its own, because the token does not identify it: many of its requests carry a caller's.
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
        # The resources in the database of an earlier start were lost with its cloud.
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
        """Stop the current process, which ``restart_trove`` may have replaced."""
        self._trove.stop()

    def _account(self, user: str) -> Account:
        return Account(self.auth_url, username=user, password=PASSWORD, project_name=USERS[user][0])


def _port(wanted: int, service: str) -> int:
    """Return ``wanted``, or any free port for 0. Raises PortInUseError."""
    if not wanted:
        return free_port()
    try:
        check_free(wanted)
    except OSError as error:
        raise PortInUseError(wanted, service) from error
    return wanted
