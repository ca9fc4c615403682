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
"""Two, each with the host that it reports: an address, because Trove requires one."""


def options(home: Home, seeded: Seeded) -> Sequence[Option]:
    """Return the options of ``trove.conf``."""
    own, configuration = data(home, "trove"), home.configuration / "trove"
    return (
        *process(home, "trove", host=HOST),
        *database(home, "trove"),
        Option("DEFAULT", "control_exchange", "trove", "the exchange that guests use"),
        Option("DEFAULT", "bind_host", HOST, "loopback only"),
        Option("DEFAULT", "bind_port", PORTS["trove-api"], "the port in the catalog"),
        Option("DEFAULT", "state_path", own, "inside the home directory"),
        Option("DEFAULT", "api_paste_config", home.installed("trove") / "api-paste.ini", "as installed"),
        Option("DEFAULT", "trove_api_workers", 1, "sized for two cores"),
        Option("DEFAULT", "trove_conductor_workers", 1, "sized for two cores"),
        Option("DEFAULT", "enable_secure_rpc_messaging", "false", "otherwise each guest needs a key from its server"),
        Option("DEFAULT", "guest_config", configuration / "trove-guestagent.conf", "written next to this file"),
        Option("DEFAULT", "cloudinit_location", configuration / "cloudinit", "inside the home directory"),
        Option(
            "DEFAULT", "storage_strategy", "cinder", "there is no Swift: replicas are created from a volume snapshot"
        ),
        Option("DEFAULT", "usage_timeout", 90, "seconds until a database must be up; guests here take one"),
        Option("DEFAULT", "reboot_time_out", 60, "seconds; guests here take one"),
        Option("DEFAULT", "server_delete_time_out", 60, "seconds; Nova takes a few"),
        Option("DEFAULT", "volume_time_out", 60, "seconds; Cinder takes a few"),
        Option("trove_resources", "task_log", own / "tasks.sqlite", "shared: both task managers are on this host"),
        *trove_conf.instance_options(_site(home, seeded)),
    )


def guest_options() -> Sequence[Option]:
    """Return the options of a guest agent."""
    return (Option("DEFAULT", "transport_url", RABBIT_URL, "Trove's message bus"),)


def drop_in(manager: str) -> Options:
    """Return the options that select the resource manager. Raises KeyError if there is none of this name."""
    return MANAGERS[manager].options


def host_options(host: str) -> Options:
    """Return the option in which the task managers differ."""
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
