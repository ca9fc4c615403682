"""The control API of the guests on a real cloud: the part of the emulated cloud's that is about guests.

``/_control/guests``, ``/_control/durations`` (only those of guests have an effect) and ``/_control/events``.
"""

from dataclasses import replace
from typing import Final, cast

from cheroot import wsgi

from trove_lab.cloud import control
from trove_lab.cloud.application import Application
from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.http import BaseCloud, Reply, Request, Route, Service
from trove_lab.real.behaviour import ConfiguredBehaviour
from trove_lab.real.journal import JournalEvents

_OF_GUESTS: Final = ("/guests", "/durations")


class ControlledBehaviour(ConfiguredBehaviour):
    """Takes the place of the emulated cloud for the handlers of the control API, which use only these attributes."""

    def __init__(self, journal: JournalEvents) -> None:
        super().__init__()
        self.services: Final = [_service(journal)]


def server(behaviour: ControlledBehaviour, port: int) -> wsgi.Server:
    """Return the server of the control API on a port of the loopback interface, not started."""
    return wsgi.Server(("127.0.0.1", port), Application(cast(Cloud, behaviour)))


def _service(journal: JournalEvents) -> Service:
    """Return the service ``control`` with the routes of guests and with the events of the journal."""

    def list_events(request: Request[BaseCloud]) -> Reply:
        after = int(request.args.get("after", 0))
        return Reply(200, {"events": [{"order": order, **row} for order, row in journal.rows(after)]})

    routes = [route for route in control.SERVICE.routes if route.path in _OF_GUESTS]
    return replace(control.SERVICE, routes=[*routes, Route("GET", "/events", list_events)])
