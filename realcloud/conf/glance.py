"""Glance: https://docs.openstack.org/glance/latest/configuration/."""

from collections.abc import Sequence

from realcloud.conf.common import authtoken, data, database, process
from realcloud.home import HOST, Home, url
from trove_lab.local.conf_file import Option


def options(home: Home) -> Sequence[Option]:
    """Return the options of ``glance-api.conf``."""
    own = data(home, "glance")
    return (
        *process(home, "glance", host=None),
        *database(home, "glance"),
        *authtoken("glance"),
        Option("DEFAULT", "bind_host", HOST, "loopback only"),
        Option("DEFAULT", "enabled_backends", "fs:file", "images are files"),
        Option("DEFAULT", "enabled_import_methods", "[glance-direct]", "other methods need a store for tasks"),
        Option("DEFAULT", "worker_self_reference_url", url("glance"), "its endpoint"),
        Option("glance_store", "default_backend", "fs", "images are files"),
        *(
            Option(group, "filesystem_store_datadir", own / name, "images are files")
            for group, name in (
                ("fs", "images"),
                ("os_glance_staging_store", "staging"),
                ("os_glance_tasks_store", "tasks"),
            )
        ),
        Option("paste_deploy", "flavor", "keystone", "callers authenticate with tokens"),
        Option("paste_deploy", "config_file", home.installed("glance") / "glance-api-paste.ini", "as installed"),
    )
