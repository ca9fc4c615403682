"""What every call of a guest has in common, whatever it is about."""

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
"""The arguments that hold a configuration, which a test may want to see; others can be secret."""


class Called:
    """Answers as an endpoint does; says so in the log first, misbehaves if told to, and writes down what changed."""

    target = Endpoint.target

    def __init__(self, guest: Guest, endpoint: Endpoint) -> None:
        self._guest = guest
        self._endpoint = endpoint

    def __getattr__(self, name: str) -> Any:
        """Return what answers a call."""
        method = getattr(self._endpoint, name)

        def answer(context: Any, **arguments: Any) -> Any:
            given = {key: arguments[key] for key in CONFIGURATIONS if arguments.get(key)}
            said = json.dumps({"instance_id": self._guest.instance_id, "call": name, **given})
            self._guest.take_call()
            LOG.info("a guest is called: %s", said)
            self._guest.misbehave_in(name)
            try:
                return method(context, **arguments)
            finally:
                self._guest.disk.write()

        return answer
