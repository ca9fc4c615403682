"""Heat's configuration, as an operator would write it into ``heat.conf``, with a reason for every line.

Options: https://docs.openstack.org/heat/latest/configuration/ and ``heat/common/config.py`` of Heat 27.0.1.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trove_lab.local import conf_file
from trove_lab.local.conf_file import Option, Options
from trove_lab.local.errors import DirectoryError
from trove_lab.local.trove_conf import DOMAIN, REGION

INSTALLED = Path(sys.prefix, "etc", "heat")
"""Where Heat's wheel installs the pipelines of heat-api and other files for operators."""

SECRET = "nothing-in-the-lab-is-a-secret!!"  # noqa: S105
"""Heat encrypts the trust ids in its database with it. It must have exactly 32 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """The settings of a lab's Heat."""

    plugin_dirs: Sequence[Path] = ()
    """Directories of resource plug-ins, for the option ``plugin_dirs``."""
    hurry: bool = False
    """Poll resources ten times per second instead of once, and do not retry failures. For tests and demos."""
    options: Options = field(default_factory=dict)
    """Options for ``heat.conf``, by group and name. They override all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatSite:
    """What the configuration depends on: paths, addresses and Heat's account."""

    directory: Path
    """For the database, the log and all other files that Heat writes."""
    api_port: int
    auth_url: str
    username: str
    password: str
    project_name: str
    stack_domain: str
    """The domain of the users and projects that belong to stacks."""
    stack_domain_admin: str

    @property
    def url(self) -> str:
        """The URL of heat-api."""
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def config_file(self) -> Path:
        """The main configuration file."""
        return self.directory / "heat.conf"

    @property
    def config_directory(self) -> Path:
        """The drop-in directory: its files override the main file, in the order of their names."""
        return self.directory / "heat.conf.d"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.directory / "heat.sqlite"

    @property
    def log(self) -> Path:
        """The log of heat-api and heat-engine."""
        return self.directory / "heat.log"


def options(site: HeatSite, heat: Heat) -> Sequence[Option]:
    """Return the options of the main file."""
    return (*_process(site), *_stacks(heat), *_clients(site), *_credentials(site))


def write(site: HeatSite, heat: Heat) -> None:
    """Write the main file and the drop-ins. Remove those of an earlier start.

    Raises DirectoryError when Heat's own ``api-paste.ini`` is missing.
    """
    paste = INSTALLED / "api-paste.ini"
    if not paste.exists():
        reason = f"{paste.name} of Heat is missing; install openstack-heat into this environment"
        raise DirectoryError(INSTALLED, reason)
    conf_file.write(site.config_file, options(site, heat), site.config_directory, {"90-options": heat.options})


def _process(site: HeatSite) -> Sequence[Option]:
    return (
        Option("DEFAULT", "host", "lab", "the name of the engine in its database"),
        Option("DEFAULT", "transport_url", "fake://", "no broker: messages stay in the process"),
        Option("DEFAULT", "log_file", site.log, "one log for both services"),
        Option("DEFAULT", "auth_encryption_key", SECRET, "required; 32 characters"),
        Option("DEFAULT", "environment_dir", INSTALLED / "environment.d", "as installed"),
        Option("DEFAULT", "template_dir", INSTALLED / "templates", "as installed"),
        Option("paste_deploy", "api_paste_config", INSTALLED / "api-paste.ini", "as installed"),
        Option("database", "connection", f"sqlite:///{site.database}", "no database server needed"),
        Option("database", "sqlite_synchronous", "false", "the database need not survive a crash of the machine"),
        Option(
            "oslo_messaging_notifications",
            "driver",
            "noop",
            "nobody consumes notifications; other drivers would accumulate them",
        ),
        Option(
            "oslo_middleware",
            "enable_proxy_headers_parsing",
            "true",
            "behind minicloud, whose URL must be in its links",
        ),
    )


def _stacks(heat: Heat) -> Sequence[Option]:
    always = (
        Option("DEFAULT", "enable_stack_adopt", "true", "off by default; adopting an instance needs it"),
        Option("DEFAULT", "enable_stack_abandon", "true", "off by default; releasing an instance needs it"),
        Option(
            "DEFAULT",
            "max_stacks_per_tenant",
            1000,
            "the default of 512 is for tenants; here one project owns all stacks",
        ),
        Option("DEFAULT", "plugin_dirs", ",".join(map(str, heat.plugin_dirs)), "the directories of resource plug-ins"),
    )
    hurried = (Option("DEFAULT", "action_retry_limit", 0, "failures are reported at once, not after six attempts"),)
    return (*always, *(hurried if heat.hurry else ()))


def _clients(site: HeatSite) -> Sequence[Option]:
    return (
        Option("DEFAULT", "region_name_for_services", REGION, "the only region"),
        Option("clients_keystone", "auth_uri", site.auth_url, "where Heat authenticates, and where guests shall"),
        # It is in the user data of servers with HEAT_CFNTOOLS. Without it no server is created.
        Option("DEFAULT", "heat_metadata_server_url", site.url, "otherwise the catalog must have heat-api-cfn"),
        Option("clients_heat", "url", f"{site.url}/v1/%(tenant_id)s", "where guests send signals"),
    )


def _credentials(site: HeatSite) -> Sequence[Option]:
    user = {
        "auth_url": site.auth_url,
        "username": site.username,
        "password": site.password,
        "user_domain_name": DOMAIN,
    }
    project = {"project_name": site.project_name, "project_domain_name": DOMAIN, "region_name": REGION}
    return (
        Option("DEFAULT", "stack_user_domain_name", site.stack_domain, "each stack has a project there"),
        Option("DEFAULT", "stack_domain_admin", site.stack_domain_admin, "creates these projects and their users"),
        Option("DEFAULT", "stack_domain_admin_password", site.password, "creates these projects and their users"),
        Option("keystone_authtoken", "auth_type", "password", "heat-api checks its callers' tokens"),
        Option("keystone_authtoken", "www_authenticate_uri", site.auth_url, "in responses to callers without a token"),
        *(Option("keystone_authtoken", name, value, "Heat's account") for name, value in {**user, **project}.items()),
        Option("trustee", "auth_type", "password", "the account that acts by the trusts of stack owners"),
        *(Option("trustee", name, value, "Heat's account") for name, value in user.items()),
    )
