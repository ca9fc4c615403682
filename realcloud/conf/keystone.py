"""Keystone: https://docs.openstack.org/keystone/latest/configuration/."""

from collections.abc import Sequence

from realcloud.conf.common import cache, data, database, process
from realcloud.home import Home
from trove_lab.local.conf_file import Option

KEYS = ("fernet", "credential")


def options(home: Home) -> Sequence[Option]:
    """Return the options of ``keystone.conf``."""
    own = data(home, "keystone")
    return (
        *process(home, "keystone", host=None),
        *database(home, "keystone"),
        *cache(),
        Option("token", "expiration", 86400, "a suite takes longer than an hour at times"),
        Option("fernet_tokens", "key_repository", own / "fernet", "none of this machine's own"),
        Option("fernet_receipts", "key_repository", own / "fernet", "none of this machine's own"),
        Option("credential", "key_repository", own / "credential", "none of this machine's own"),
        Option("identity", "password_hash_rounds", 4, "nothing here is worth the time of more"),
    )
