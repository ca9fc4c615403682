"""Where everything of the cloud is, and at which ports it answers."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TREE: Final = Path(__file__).parents[1]
"""The checkout this module is in."""
HOST: Final = "127.0.0.1"
PASSWORD: Final = "realcloud"  # noqa: S105 - who can reach the loopback interface of this machine can read it anyway
"""Everybody's. A constant, so that what a person types and what a test asks is the same after each installation."""
REGION: Final = "RegionOne"
DOMAIN: Final = "Default"

PORTS: Final[Mapping[str, int]] = {
    "mariadb": 23306,
    "rabbitmq": 20672,
    "rabbitmq-dist": 20673,
    "epmd": 20369,
    "memcached": 21211,
    "named": 20053,
    "rndc": 20953,
    "keystone": 25000,
    "glance": 29292,
    "placement": 28778,
    "nova-api": 28774,
    "neutron-api": 29696,
    "cinder-api": 28776,
    "designate-api": 29001,
    "designate-mdns": 20354,
    "heat-api": 28004,
    "trove-api": 28779,
    "guests": 28900,
}
"""The usual ones plus 20000 or so: the cloud can stand beside another, and no outgoing connection takes one of them."""


@dataclass(frozen=True, slots=True)
class Home:
    """The directory with all the cloud makes. ``clean`` removes it."""

    root: Path

    @property
    def environment(self) -> Path:
        """The virtual environment of the services."""
        return self.root / "venv"

    @property
    def configuration(self) -> Path:
        """A directory a service."""
        return self.root / "etc"

    @property
    def logs(self) -> Path:
        """``NAME.log`` for each service and each step of an installation."""
        return self.root / "log"

    @property
    def run(self) -> Path:
        """A file a process that was started: its pid."""
        return self.root / "run"

    @property
    def data(self) -> Path:
        """All that the services keep; what a snapshot has."""
        return self.root / "data"

    @property
    def filled(self) -> Path:
        """A file that is there when the data is whole: schemas, seed, datastores."""
        return self.data / "filled"

    @property
    def name_server(self) -> Path:
        """A copy of Debian's named, to which its profile of AppArmor, which is for a path, does not apply."""
        return self.root / "bin" / "named"

    @property
    def snapshot(self) -> Path:
        """The data of a seeded cloud nobody has used."""
        return self.root / "seed.tar.gz"

    @property
    def clouds_yaml(self) -> Path:
        """The file for ``OS_CLIENT_CONFIG_FILE``. Its clouds are ``admin``, ``demo``, ``alt`` and ``service``."""
        return self.root / "clouds.yaml"

    @property
    def faults(self) -> Path:
        """What the drivers of Nova and Neutron are to do wrong: see ``realcloud_drivers``."""
        return self.data / "faults.json"

    @property
    def journal(self) -> Path:
        """What happened to servers, as the hypervisor saw it."""
        return self.data / "hypervisors.jsonl"

    @property
    def trove_conf(self) -> Path:
        """Trove's configuration; its drop-ins are in ``trove.conf.d`` beside it."""
        return self.configuration / "trove" / "trove.conf"

    @property
    def drop_in(self) -> Path:
        """The file of the plug-in's options."""
        return self.configuration / "trove" / "trove.conf.d" / "50-trove-resources.conf"

    def user_home(self, project: str) -> Path:
        """Return what a service takes for its user's home directory: its configuration is below, as ``.PROJECT``."""
        return self.configuration / "homes" / project

    def command(self, name: str) -> str:
        """Return the path of a command of the services' environment."""
        return str(self.environment / "bin" / name)

    def installed(self, project: str) -> Path:
        """Return the directory of what a project's wheel installs for operators: ``api-paste.ini`` and the like."""
        return self.environment / "etc" / project

    def log(self, name: str) -> Path:
        """Return the log of a service, or of a step."""
        return self.logs / f"{name}.log"

    def database_url(self, name: str) -> str:
        """Return the URL of a database, as SQLAlchemy takes it."""
        return f"mysql+pymysql://root:{PASSWORD}@{HOST}:{PORTS['mariadb']}/{name}?charset=utf8mb4"


def the_home() -> Home:
    """Return the directory of ``$REALCLOUD_HOME``, or ``.realcloud`` of this checkout."""
    return Home(Path(os.environ.get("REALCLOUD_HOME") or TREE / ".realcloud").absolute())


def url(service: str) -> str:
    """Return where a service answers."""
    return f"http://{HOST}:{PORTS[service]}"


AUTH_URL: Final = f"{url('keystone')}/v3"
RABBIT_URL: Final = f"rabbit://guest:guest@{HOST}:{PORTS['rabbitmq']}/"
