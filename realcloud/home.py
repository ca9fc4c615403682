"""The paths of the cloud's files, and the ports of its services."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TREE: Final = Path(__file__).parents[1]
"""The checkout that contains this module."""
HOST: Final = "127.0.0.1"
PASSWORD: Final = "realcloud"  # noqa: S105 - anyone who can reach the loopback interface can read this file
"""The password of all users. It is constant, so that commands and tests work after each installation."""
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
"""The usual ports plus about 20000. They conflict neither with another cloud nor with ephemeral ports."""


@dataclass(frozen=True, slots=True)
class Home:
    """The directory with all files of the cloud. ``clean`` deletes it."""

    root: Path

    @property
    def environment(self) -> Path:
        """The virtual environment of the services."""
        return self.root / "venv"

    @property
    def configuration(self) -> Path:
        """One directory per service."""
        return self.root / "etc"

    @property
    def logs(self) -> Path:
        """``NAME.log`` for each service and each installation step."""
        return self.root / "log"

    @property
    def run(self) -> Path:
        """One pid file per started process."""
        return self.root / "run"

    @property
    def data(self) -> Path:
        """The data of the services, which a snapshot contains."""
        return self.root / "data"

    @property
    def data_complete(self) -> Path:
        """A file that exists once the data is complete: schemas, seed, datastores."""
        return self.data / "filled"

    @property
    def name_server(self) -> Path:
        """A copy of Debian's named, because AppArmor's profile is bound to the original path."""
        return self.root / "bin" / "named"

    @property
    def snapshot(self) -> Path:
        """The archived data of a seeded, unused cloud."""
        return self.root / "seed.tar.gz"

    @property
    def clouds_yaml(self) -> Path:
        """The file for ``OS_CLIENT_CONFIG_FILE``, with the clouds ``admin``, ``demo``, ``alt`` and ``service``."""
        return self.root / "clouds.yaml"

    @property
    def faults(self) -> Path:
        """The faults to inject into the Nova and Neutron drivers: see ``realcloud_drivers``."""
        return self.data / "faults.json"

    @property
    def server_events(self) -> Path:
        """The events of servers, as the hypervisors saw them."""
        return self.data / "hypervisors.jsonl"

    @property
    def trove_conf(self) -> Path:
        """Trove's configuration. Its drop-in files are in ``trove.conf.d`` next to it."""
        return self.configuration / "trove" / "trove.conf"

    @property
    def drop_in(self) -> Path:
        """The drop-in file with the plug-in's options."""
        return self.configuration / "trove" / "trove.conf.d" / "50-trove-resources.conf"

    def user_home(self, project: str) -> Path:
        """Return the home directory for a service that reads its configuration from ``~/.PROJECT``."""
        return self.configuration / "homes" / project

    def command(self, name: str) -> str:
        """Return the path of a command in the services' environment."""
        return str(self.environment / "bin" / name)

    def installed(self, project: str) -> Path:
        """Return the directory of the files that a project installs for operators, such as ``api-paste.ini``."""
        return self.environment / "etc" / project

    def log(self, name: str) -> Path:
        """Return the log of a service, or of an installation step."""
        return self.logs / f"{name}.log"

    def database_url(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"mysql+pymysql://root:{PASSWORD}@{HOST}:{PORTS['mariadb']}/{name}?charset=utf8mb4"


def default_home() -> Home:
    """Return the home in ``$REALCLOUD_HOME``, or else in ``.realcloud`` of this checkout."""
    return Home(Path(os.environ.get("REALCLOUD_HOME") or TREE / ".realcloud").absolute())


def url(service: str) -> str:
    """Return the URL of a service."""
    return f"http://{HOST}:{PORTS[service]}"


AUTH_URL: Final = f"{url('keystone')}/v3"
RABBIT_URL: Final = f"rabbit://guest:guest@{HOST}:{PORTS['rabbitmq']}/"
