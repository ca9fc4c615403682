"""Heat, with the project's plug-in: https://docs.openstack.org/heat/latest/configuration/."""

from collections.abc import Sequence
from pathlib import Path

from realcloud.conf.common import NODE, account, authtoken, database, process
from realcloud.home import AUTH_URL, PASSWORD, REGION, Home, url
from trove_lab.local.conf_file import Option

DOMAIN, DOMAIN_ADMIN = "heat", "heat_domain_admin"
"""The domain of the users and projects that Heat creates for stacks, and its administrator."""
SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - it protects nothing
"""Heat requires exactly 32 characters."""


def options(home: Home) -> Sequence[Option]:
    """Return the options of ``heat.conf``."""
    installed = home.installed("heat")
    return (
        *process(home, "heat", host=NODE),
        *database(home, "heat"),
        *authtoken("heat"),
        *account("heat", "trustee", project=False),
        Option("DEFAULT", "num_engine_workers", 1, "sized for two cores"),
        Option("DEFAULT", "plugin_dirs", plugin(home), "the project's plug-in, as its wheel installs it"),
        Option("DEFAULT", "environment_dir", installed / "environment.d", "as installed"),
        Option("DEFAULT", "template_dir", installed / "templates", "as installed"),
        Option("DEFAULT", "auth_encryption_key", SECRET, "required"),
        Option("DEFAULT", "enable_stack_adopt", "true", "off by default; adopting an instance needs it"),
        Option("DEFAULT", "enable_stack_abandon", "true", "off by default; releasing an instance needs it"),
        Option("DEFAULT", "action_retry_limit", 0, "failures are reported at once, not after six attempts"),
        Option(
            "DEFAULT",
            "max_stacks_per_tenant",
            1000,
            "the default of 512 is per tenant; here one tenant owns all stacks",
        ),
        Option("DEFAULT", "region_name_for_services", REGION, "the only region"),
        Option("DEFAULT", "heat_metadata_server_url", url("heat-api"), "without it the catalog must have heat-api-cfn"),
        Option("DEFAULT", "stack_user_domain_name", DOMAIN, "Heat creates a project there for each stack"),
        Option("DEFAULT", "stack_domain_admin", DOMAIN_ADMIN, "creates those projects and their users"),
        Option("DEFAULT", "stack_domain_admin_password", PASSWORD, "creates those projects and their users"),
        Option("paste_deploy", "api_paste_config", installed / "api-paste.ini", "as installed"),
        Option("clients_keystone", "auth_uri", AUTH_URL, "where Heat and guests authenticate"),
        Option("clients_heat", "url", f"{url('heat-api')}/v1/%(tenant_id)s", "where guests send signals"),
    )


def plugin(home: Home) -> Path:
    """Return the directory of the installed Heat plug-in."""
    (packages,) = home.environment.glob("lib/python3*/site-packages")
    return packages / "trove_resources_heat" / "plugin_dir"
