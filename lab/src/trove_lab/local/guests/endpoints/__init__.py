"""The calls that the guest agent answers, one module per subject.

Names and parameters are those of ``trove.guestagent.datastore.manager.Manager`` (Trove 26.0.0), which a real guest
serves; those of ``galera`` are a cluster strategy's. Every public method is one that Trove may call over RPC.
"""

from collections.abc import Sequence

from trove_lab.local.guests.endpoints.accounts import Accounts
from trove_lab.local.guests.endpoints.backups import Backups
from trove_lab.local.guests.endpoints.called import Called
from trove_lab.local.guests.endpoints.extras import Extras
from trove_lab.local.guests.endpoints.filesystem import Filesystem
from trove_lab.local.guests.endpoints.galera import Galera
from trove_lab.local.guests.endpoints.lifecycle import Lifecycle
from trove_lab.local.guests.endpoints.replication import Replication
from trove_lab.local.guests.guest import Guest

KINDS = (Lifecycle, Filesystem, Accounts, Backups, Replication, Galera, Extras)


def endpoints(guest: Guest) -> Sequence[object]:
    """Return the endpoints of one guest."""
    return [Called(guest, kind(guest)) for kind in KINDS]
