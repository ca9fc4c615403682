"""What all endpoints share."""

from typing import Any, NoReturn

import oslo_messaging
from trove.common import exception
from trove.guestagent import api

from trove_lab.local.guests.guest import Guest

Json = dict[str, Any]


class Endpoint:
    """Some of the calls of one guest's agent."""

    target = oslo_messaging.Target(version=api.API.API_LATEST_VERSION)

    def __init__(self, guest: Guest) -> None:
        self._guest = guest


def not_supported(operation: str) -> NoReturn:
    """Refuse, in the words of a real agent whose datastore cannot do this."""
    raise exception.DatastoreOperationNotSupported(operation=operation, datastore="simulated")
