"""Trove, with the plug-in in a drop-in: https://docs.openstack.org/trove/latest/."""

from collections.abc import Mapping, Sequence
from typing import Final

from realcloud.conf.common import data, database, process
from realcloud.home import AUTH_URL, HOST, PASSWORD, PORTS, RABBIT_URL, Home
from realcloud.seeded import Seeded
from trove_lab.local import trove_conf
from trove_lab.local.conf_file import Option, Options
from trove_lab.local.managers import MANAGERS

TASK_MANAGERS: Final[Mapping[str, str]] = {"trove-taskmanager-1": HOST, "trove-taskmanager-2": "127.0.0.2"}
"""Two, with the host each says it is: an address, for Trove wants one."""


def options(home: Home, seeded: Seeded) -> Sequence[Option]:
    """Return the options of ``trove.conf``."""
    own, configuration = data(home, "trove"), home.configuration / "trove"
    return (
        *process(home, "trove", host=HOST),
        *database(home, "trove"),
        Option("DEFAULT", "control_exchange", "trove", "guests look for it there"),
        Option("DEFAULT", "bind_host", HOST, "nobody else's business"),
        Option("DEFAULT", "bind_port", PORTS["trove-api"], "where the catalog says it is"),
        Option("DEFAULT", "state_path", own, "none of this machine's own"),
        Option("DEFAULT", "api_paste_config", home.installed("trove") / "api-paste.ini", "as installed"),
        Option("DEFAULT", "trove_api_workers", 1, "two cores"),
        Option("DEFAULT", "trove_conductor_workers", 1, "two cores"),
        Option("DEFAULT", "enable_secure_rpc_messaging", "false", "else each guest needs a key from its server"),
        Option("DEFAULT", "guest_config", configuration / "trove-guestagent.conf", "as below"),
        Option("DEFAULT", "cloudinit_location", configuration / "cloudinit", "none of this machine's own"),
        Option("DEFAULT", "storage_strategy", "cinder", "there is no Swift: replicas begin with a volume's snapshot"),
        Option("DEFAULT", "usage_timeout", 90, "seconds a database has to come up; guests here take one"),
        Option("DEFAULT", "reboot_time_out", 60, "seconds; guests here take one"),
        Option("DEFAULT", "server_delete_time_out", 60, "seconds; Nova takes a few"),
        Option("DEFAULT", "volume_time_out", 60, "seconds; Cinder takes a few"),
        Option("trove_resources", "task_log", own / "tasks.sqlite", "both task managers are on this host"),
        *trove_conf.instance_options(_site(home, seeded)),
    )


def guest_options() -> Sequence[Option]:
    """Return what a guest is given as its configuration."""
    return (Option("DEFAULT", "transport_url", RABBIT_URL, "where Trove is"),)


def drop_in(manager: str) -> Options:
    """Return what chooses the resource manager. Raises KeyError for one there is not."""
    return MANAGERS[manager].options


def host_options(host: str) -> Options:
    """Return what tells two task managers apart."""
    return {"DEFAULT": {"host": host}}


def _site(home: Home, seeded: Seeded) -> trove_conf.Site:
    return trove_conf.Site(
        directory=data(home, "trove"),
        api_port=PORTS["trove-api"],
        auth_url=AUTH_URL,
        username="trove",
        password=PASSWORD,
        project_name="service",
        project_id=seeded.project_id,
        management_network_id=seeded.management_network_id,
        public_network_id=seeded.public_network_id,
        zone_id=seeded.zone_id,
        zone_name=seeded.zone_name,
    )
