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
        Option("token", "expiration", 86400, "test suites may take longer than an hour"),
        Option("fernet_tokens", "key_repository", own / "fernet", "inside the home directory"),
        Option("fernet_receipts", "key_repository", own / "fernet", "inside the home directory"),
        Option("credential", "key_repository", own / "credential", "inside the home directory"),
        Option("identity", "password_hash_rounds", 4, "faster; the passwords protect nothing"),
    )
