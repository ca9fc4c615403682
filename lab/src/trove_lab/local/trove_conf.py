"""Trove's configuration, as an operator would write it into ``trove.conf``, with a reason for every line.

Options: https://docs.openstack.org/trove/latest/ and ``trove/common/cfg.py`` of Trove 26.0.0.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from trove_lab.local import conf_file
from trove_lab.local.conf_file import Option, Options
from trove_lab.local.errors import DirectoryError

REGION = "RegionOne"
DOMAIN = "Default"

GUESTS = "guests"
"""The directory, beside the configuration, for the disks of guests."""

PASTE = Path(sys.prefix, "etc", "trove", "api-paste.ini")
"""The pipeline of trove-api, as Trove's wheel installs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the configuration depends on: paths, addresses and Trove's account."""

    directory: Path
    """For the database, the log and all other files that Trove writes."""
    api_port: int
    auth_url: str
    username: str
    password: str
    project_name: str
    project_id: str
    management_network_id: str
    public_network_id: str
    zone_id: str
    zone_name: str

    @property
    def config_file(self) -> Path:
        """The main configuration file."""
        return self.directory / "trove.conf"

    @property
    def config_directory(self) -> Path:
        """The drop-in directory: its files override the main file, in the order of their names."""
        return self.directory / "trove.conf.d"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.directory / "trove.sqlite"

    @property
    def task_log(self) -> Path:
        """The file of the plug-in's task log."""
        return self.directory / "tasks.sqlite"

    @property
    def log(self) -> Path:
        """The log of all of Trove's services."""
        return self.directory / "trove.log"


def options(site: Site) -> Sequence[Option]:
    """Return the options of the main file."""
    return (*_process(site), *instance_options(site))


def instance_options(site: Site) -> Sequence[Option]:
    """Return the options that do not depend on how Trove's processes run: those of instances and accounts."""
    return (*_instances(site), *_dns(site), *_limits(), *_credentials(site))


def write(site: Site, drop_ins: Mapping[str, Options]) -> None:
    """Write the main file and the drop-ins, by name. Remove those of an earlier start.

    Raises DirectoryError when Trove's own ``api-paste.ini`` is missing.
    """
    if not PASTE.exists():
        raise DirectoryError(PASTE.parent, f"{PASTE.name} of Trove is missing; install trove into this environment")
    conf_file.write(site.config_file, options(site), site.config_directory, drop_ins)


def _process(site: Site) -> Sequence[Option]:
    return (
        Option("DEFAULT", "host", "127.0.0.1", "must be an address or a name that resolves"),
        Option("DEFAULT", "bind_host", "127.0.0.1", "reachable on this machine only"),
        Option("DEFAULT", "bind_port", site.api_port, "as in the catalog"),
        Option("DEFAULT", "api_paste_config", PASTE, "as installed"),
        Option("DEFAULT", "trove_api_workers", 1, "all services share one process"),
        Option("DEFAULT", "trove_conductor_workers", 1, "all services share one process"),
        Option("DEFAULT", "transport_url", "fake://", "no broker: messages stay in the process"),
        Option("DEFAULT", "enable_secure_rpc_messaging", "false", "otherwise each guest needs a key from its server"),
        Option("DEFAULT", "log_file", site.log, "one log for all services"),
        Option(
            "DEFAULT",
            "guest_config",
            site.directory / "trove-guestagent.conf",
            "not the default path, which is the system's",
        ),
        Option(
            "DEFAULT", "cloudinit_location", site.directory / "cloudinit", "not the default path, which is the system's"
        ),
        Option(
            "DEFAULT",
            "template_path",
            site.directory / "templates",
            "does not exist: Trove uses the templates of its wheel",
        ),
        Option("database", "connection", f"sqlite:///{site.database}", "no database server needed"),
        Option("database", "sqlite_synchronous", "false", "the database need not survive a crash of the machine"),
        Option("oslo_messaging_notifications", "driver", "noop", "nobody consumes notifications"),
        Option("trove_resources", "task_log", site.task_log, "not the default path, which is the system's"),
    )


def _instances(site: Site) -> Sequence[Option]:
    return (
        Option("DEFAULT", "trove_volume_support", "true", "each instance has a data volume"),
        Option(
            "DEFAULT",
            "online_volume_resize",
            "false",
            "Trove uses Cinder's API 3.0, which cannot extend a volume in use",
        ),
        Option(
            "DEFAULT",
            "usage_sleep_time",
            2,
            "seconds between polls for a new database; the default of 5 is slow to watch",
        ),
        Option("DEFAULT", "default_datastore", "mysql", "the datastore of instances that name none"),
        Option("DEFAULT", "management_networks", site.management_network_id, "every instance has a port on it"),
        Option("network", "public_network_id", site.public_network_id, "floating IPs of public instances"),
        Option(
            "network",
            "network_isolation",
            "true",
            "Trove's default: the user data contains the addresses of the user port",
        ),
    )


def _dns(site: Site) -> Sequence[Option]:
    driver = "trove.dns.designate.driver"
    return (
        Option("DEFAULT", "trove_dns_support", "true", "instances have a record"),
        Option("DEFAULT", "dns_driver", f"{driver}.DesignateDriverV2", "Designate"),
        Option("DEFAULT", "dns_instance_entry_factory", f"{driver}.DesignateInstanceEntryFactory", "hashed names"),
        Option("DEFAULT", "dns_auth_url", site.auth_url, "the DNS account is Trove's own"),
        Option("DEFAULT", "dns_username", site.username, "the DNS account is Trove's own"),
        Option("DEFAULT", "dns_passkey", site.password, "the DNS account is Trove's own"),
        Option("DEFAULT", "dns_account_id", site.project_id, "the project that owns the zone"),
        Option("DEFAULT", "dns_domain_id", site.zone_id, "the zone of all records"),
        Option("DEFAULT", "dns_domain_name", site.zone_name, "the zone of all records"),
    )


def _limits() -> Sequence[Option]:
    rates = ("http_get_rate", "http_post_rate", "http_put_rate", "http_delete_rate", "http_mgmt_post_rate")
    return (
        Option("DEFAULT", "max_instances_per_tenant", 1000, "the default of 10 is too low for experiments"),
        Option("DEFAULT", "max_volumes_per_tenant", 100_000, "GB; the default is 40"),
        Option("DEFAULT", "max_backups_per_tenant", 1000, "the default is 50"),
        Option("DEFAULT", "max_accepted_volume_size", 1000, "GB; the default is 10"),
        *(
            Option("DEFAULT", rate, 1_000_000, "per minute; the default is too low for polling an instance")
            for rate in rates
        ),
    )


def _credentials(site: Site) -> Sequence[Option]:
    account = {
        "auth_url": site.auth_url,
        "username": site.username,
        "password": site.password,
        "project_name": site.project_name,
        "user_domain_name": DOMAIN,
        "project_domain_name": DOMAIN,
        "region_name": REGION,
    }
    return (
        Option("keystone_authtoken", "auth_type", "password", "trove-api checks its callers' tokens"),
        Option("keystone_authtoken", "www_authenticate_uri", site.auth_url, "in responses to callers without a token"),
        *(Option("keystone_authtoken", name, value, "Trove's account") for name, value in account.items()),
        *(Option("service_credentials", name, value, "Trove's account") for name, value in account.items()),
        Option(
            "service_credentials", "project_id", site.project_id, "the project that owns the resources of instances"
        ),
    )
