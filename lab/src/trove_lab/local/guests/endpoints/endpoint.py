"""The base class of all endpoints."""

from typing import Any, NoReturn

import oslo_messaging
from trove.common import exception
from trove.guestagent import api

from trove_lab.local.guests.guest import Guest

Json = dict[str, Any]


class Endpoint:
    """Some of the calls that a guest's agent answers."""

    target = oslo_messaging.Target(version=api.API.API_LATEST_VERSION)

    def __init__(self, guest: Guest) -> None:
        self._guest = guest


def not_supported(operation: str) -> NoReturn:
    """Raise DatastoreOperationNotSupported, as a real agent does."""
    raise exception.DatastoreOperationNotSupported(operation=operation, datastore="simulated")
