"""A real cloud and its Trove, with the interface of a lab, so that code written for a lab runs here, too."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from configparser import RawConfigParser
from pathlib import Path
from typing import Any, Final

from openstack.config import OpenStackConfig
from openstack.connection import Connection
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from trove_lab.local import conf_file
from trove_lab.local.conf_file import Options
from trove_lab.local.control import Control
from trove_lab.local.surroundings import Account, Surroundings, look_up

ROOT: Final = Path(__file__).parents[2]
ZONE: Final = "db.example.test."
GUESTS: Final = "http://127.0.0.1:28900"
"""The URL of the guests' control API."""
DROP_IN: Final = "90-tests.conf"


class MariaDatabase:
    """Trove's database in MariaDB."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool)

    def query(self, statement: str, *values: str) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a SELECT that has one ``?`` per value."""
        with self._engine.connect() as connection:
            rows = connection.exec_driver_sql(statement.replace("?", "%s"), values)
            return [dict(row) for row in rows.mappings()]


class RealInventory(Mapping[str, list[dict[str, Any]]]):
    """The cloud's resources by kind, as its services return them. Each kind is listed when it is accessed."""

    def __init__(self, service: Connection, admin: Connection, seeded: frozenset[str]) -> None:
        self._seeded = seeded
        stacks = "/stacks?show_nested=false"
        self._kinds: Mapping[str, Callable[[], list[dict[str, Any]]]] = {
            "servers": lambda: _rows(service.compute.get("/servers/detail"), "servers"),
            "server_groups": lambda: _rows(service.compute.get("/os-server-groups"), "server_groups"),
            "volumes": lambda: _rows(service.block_storage.get("/volumes/detail"), "volumes"),
            "snapshots": lambda: _rows(service.block_storage.get("/snapshots/detail"), "snapshots"),
            "ports": lambda: _rows(admin.network.get("/ports"), "ports"),
            "security_groups": lambda: _rows(admin.network.get("/security-groups"), "security_groups"),
            "security_group_rules": lambda: _rows(admin.network.get("/security-group-rules"), "security_group_rules"),
            "floating_ips": lambda: _rows(admin.network.get("/floatingips"), "floatingips"),
            "recordsets": lambda: _rows(service.dns.get("/recordsets?limit=1000"), "recordsets"),
            # Heat lists a deleted stack for a moment.
            "stacks": lambda: [
                row
                for row in _rows(service.orchestration.get(stacks), "stacks")
                if row["stack_status"] != "DELETE_COMPLETE"
            ],
        }

    def __getitem__(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in self._kinds[kind]() if row["id"] not in self._seeded]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)


class RealControl(Control):
    """The control API of the guests, plus the inventory of minicloud's control API."""

    def __init__(self, service: Connection, admin: Connection) -> None:
        super().__init__(GUESTS)
        self._service, self._admin = service, admin
        inventory = RealInventory(service, admin, frozenset())
        self._seeded = frozenset(row["id"] for rows in inventory.values() for row in rows)

    def get(self, path: str, **query: Any) -> Any:
        """Return the inventory without the seeded resources, or the response of the guests."""
        if path == "inventory":
            return RealInventory(self._service, self._admin, self._seeded)
        return super().get(path, **query)


class RealLab:
    """A real cloud that ``python -m realcloud`` started, and its Trove.

    ``options`` are options of Trove by group and name. They override all others.
    """

    def __init__(self, home: Path, options: Options) -> None:
        self.directory, self.options, self.manager = home, options, ""
        clouds = OpenStackConfig(config_files=[str(home / "clouds.yaml")])
        self.accounts = {name: clouds.get_one(name) for name in ("admin", "demo", "service")}
        self.admin, self.service = (Connection(config=self.accounts[name]) for name in ("admin", "service"))
        self.control = RealControl(self.service, self.admin)
        trove = self.accounts["service"].config["auth"]
        self.surroundings: Surroundings = look_up(
            Account(
                trove["auth_url"],
                username=trove["username"],
                password=trove["password"],
                project_name=trove["project_name"],
            ),
            zone_name=ZONE,
        )
        conf = RawConfigParser(strict=False)
        conf.read(home / "etc" / "trove" / "trove.conf")
        self.database = MariaDatabase(conf["database"]["connection"])

    def run_with(self, manager: str, options: Options | None = None) -> None:
        """Restart Trove with a manager and options, unless it runs with them already."""
        more = options or {}
        wanted = {group: {**self.options.get(group, {}), **more.get(group, {})} for group in {**self.options, **more}}
        drop_in = self.directory / "etc" / "trove" / "trove.conf.d" / DROP_IN
        rendered = conf_file.render(wanted)
        if self.manager == manager and drop_in.exists() and drop_in.read_text() == rendered:
            return
        drop_in.write_text(rendered)
        self.restart_trove(manager=manager)

    def restart_trove(self, *, manager: str) -> None:
        """Restart Trove's task managers with another manager, on the same cloud and the same database."""
        self._realcloud("manager", manager)
        self.manager = manager

    def end(self) -> None:
        """Remove the tests' options, which apply until Trove's task managers restart, and the injected faults."""
        (self.directory / "etc" / "trove" / "trove.conf.d" / DROP_IN).unlink(missing_ok=True)
        self.inject_faults([])

    def control_service(self, name: str, action: str) -> None:
        """``kill``, ``stop``, ``start`` or ``restart`` a service of the cloud, and return when that is done."""
        self._realcloud("service", name, action)

    def inject_faults(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """Replace the faults of the hypervisors."""
        path = self.directory / "data" / "faults.json"
        new = path.with_suffix(".new")
        new.write_text(json.dumps(list(faults)))
        new.replace(path)

    def log(self, name: str) -> list[str]:
        """Return the lines of a service's log."""
        path = self.directory / "log" / f"{name}.log"
        return path.read_text(errors="replace").splitlines() if path.exists() else []

    @staticmethod
    def _realcloud(*words: str) -> None:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "realcloud", *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=dict(os.environ),
        )
        assert not done.returncode, f"realcloud {' '.join(words)}: {done.stdout}{done.stderr}"


def _rows(answer: Any, key: str) -> list[dict[str, Any]]:
    assert answer.ok, answer.text
    rows: list[dict[str, Any]] = answer.json()[key]
    return rows
