"""The common part of all calls to a guest."""

import json
import logging
from typing import Any

from trove_lab.local.guests.endpoints.endpoint import Endpoint
from trove_lab.local.guests.guest import Guest

LOG = logging.getLogger(__name__)

CONFIGURATIONS = (
    *("config_contents", "config_overrides", "configuration", "overrides"),
    *("replica_source_config", "slave_config"),
)
"""The arguments that are logged: configurations, which tests check. Others may be secret."""


class Called:
    """Wraps an endpoint: logs each call, misbehaves if configured to, and saves the disk afterwards."""

    target = Endpoint.target

    def __init__(self, guest: Guest, endpoint: Endpoint) -> None:
        self._guest = guest
        self._endpoint = endpoint

    def __getattr__(self, name: str) -> Any:
        """Return the handler of a call."""
        method = getattr(self._endpoint, name)

        def answer(context: Any, **arguments: Any) -> Any:
            logged = {key: arguments[key] for key in CONFIGURATIONS if arguments.get(key)}
            entry = json.dumps({"instance_id": self._guest.instance_id, "call": name, **logged})
            self._guest.take_call()
            LOG.info("a guest is called: %s", entry)
            self._guest.misbehave_in(name)
            try:
                return method(context, **arguments)
            finally:
                self._guest.disk.write()

        return answer
