"""Cinder: https://docs.openstack.org/cinder/latest/configuration/."""

from collections.abc import Sequence

from realcloud.conf.common import account, authtoken, data, database, process, service_token
from realcloud.home import HOST, Home, url
from trove_lab.local.conf_file import Option

DRIVER = "realcloud_drivers.storage.VolumeDriver"
"""Creates, extends, clones and attaches volumes without any storage."""
BACKEND = "fake"
"""The only backend."""


def options(home: Home) -> Sequence[Option]:
    """Return the options of ``cinder.conf``."""
    installed = home.installed("cinder")
    return (
        *process(home, "cinder"),
        *database(home, "cinder"),
        *authtoken("cinder"),
        *account("nova", "nova"),
        *service_token("cinder"),
        Option("nova", "interface", "internal", "Nova is notified of an extended volume"),
        Option("DEFAULT", "my_ip", HOST, "loopback only"),
        Option("DEFAULT", "osapi_volume_listen", HOST, "loopback only"),
        Option("DEFAULT", "state_path", data(home, "cinder"), "inside the home directory"),
        Option("DEFAULT", "auth_strategy", "keystone", "callers authenticate with tokens"),
        Option("DEFAULT", "api_paste_config", installed / "api-paste.ini", "as installed"),
        Option("DEFAULT", "resource_query_filters_file", installed / "resource_filters.json", "as installed"),
        Option("DEFAULT", "rootwrap_config", installed / "rootwrap.conf", "as installed"),
        Option("DEFAULT", "glance_api_servers", url("glance"), "its endpoint"),
        Option("DEFAULT", "enabled_backends", BACKEND, "one backend"),
        *(
            Option("DEFAULT", f"quota_{name}", -1, "tests create many")
            for name in ("volumes", "snapshots", "gigabytes")
        ),
        Option(BACKEND, "volume_backend_name", BACKEND, "one backend"),
        Option(BACKEND, "volume_driver", DRIVER, "a fake driver without storage"),
        Option("coordination", "backend_url", f"file://{data(home, 'cinder')}/coordination", "a single host"),
    )
