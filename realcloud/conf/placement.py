"""Placement: https://docs.openstack.org/placement/latest/configuration/."""

from collections.abc import Sequence

from realcloud.conf.common import authtoken, database, process
from realcloud.home import Home
from trove_lab.local.conf_file import Option


def options(home: Home) -> Sequence[Option]:
    """Return the options of ``placement.conf``."""
    return (
        *process(home, "placement", host=None),
        *database(home, "placement", "placement_database"),
        *authtoken("placement"),
        Option("api", "auth_strategy", "keystone", "callers authenticate with tokens"),
    )
