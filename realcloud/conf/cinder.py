"""Cinder: https://docs.openstack.org/cinder/latest/configuration/."""

from collections.abc import Sequence

from realcloud.conf.common import account, callers, data, database, process, service_token
from realcloud.home import HOST, Home, url
from trove_lab.local.conf_file import Option

DRIVER = "realcloud_drivers.storage.VolumeDriver"
"""Creates, grows, clones and attaches, with nothing behind it."""
BACKEND = "fake"
"""The only one."""


def options(home: Home) -> Sequence[Option]:
    """Return the options of ``cinder.conf``."""
    installed = home.installed("cinder")
    return (
        *process(home, "cinder"),
        *database(home, "cinder"),
        *callers("cinder"),
        *account("nova", "nova"),
        *service_token("cinder"),
        Option("nova", "interface", "internal", "where a volume that has grown is told"),
        Option("DEFAULT", "my_ip", HOST, "nobody else's business"),
        Option("DEFAULT", "osapi_volume_listen", HOST, "nobody else's business"),
        Option("DEFAULT", "state_path", data(home, "cinder"), "none of this machine's own"),
        Option("DEFAULT", "auth_strategy", "keystone", "callers have tokens"),
        Option("DEFAULT", "api_paste_config", installed / "api-paste.ini", "as installed"),
        Option("DEFAULT", "resource_query_filters_file", installed / "resource_filters.json", "as installed"),
        Option("DEFAULT", "rootwrap_config", installed / "rootwrap.conf", "as installed"),
        Option("DEFAULT", "glance_api_servers", url("glance"), "where it is"),
        Option("DEFAULT", "enabled_backends", BACKEND, "one backend"),
        *(Option("DEFAULT", f"quota_{name}", -1, "tests make many") for name in ("volumes", "snapshots", "gigabytes")),
        Option(BACKEND, "volume_backend_name", BACKEND, "one backend"),
        Option(BACKEND, "volume_driver", DRIVER, "a storage that only pretends"),
        Option("coordination", "backend_url", f"file://{data(home, 'cinder')}/coordination", "one host"),
    )
