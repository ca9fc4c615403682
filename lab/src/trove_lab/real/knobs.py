"""The control API of the guests of a real cloud: what the emulated cloud's has of guests, and of what they follow.

``/_control/guests``, ``/_control/durations`` (of which those of guests count) and ``/_control/events``.
"""

from dataclasses import replace
from typing import Final, cast

from cheroot import wsgi

from trove_lab.cloud import control
from trove_lab.cloud.application import Application
from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.http import BaseCloud, Reply, Request, Route, Service
from trove_lab.real.behaviour import ToldBehaviour
from trove_lab.real.journal import JournalEvents

_OF_GUESTS: Final = ("/guests", "/durations")


class Told(ToldBehaviour):
    """Stands where the handlers of the control API have the emulated cloud: they ask it for these things alone."""

    def __init__(self, journal: JournalEvents) -> None:
        super().__init__()
        self.services: Final = [_service(journal)]


def server(told: Told, port: int) -> wsgi.Server:
    """Return what answers on a port of the loopback interface, once it is started."""
    return wsgi.Server(("127.0.0.1", port), Application(cast(Cloud, told)))


def _service(journal: JournalEvents) -> Service:
    """Return the service ``control`` with those of its routes, and the events of the journal."""

    def list_events(request: Request[BaseCloud]) -> Reply:
        after = int(request.args.get("after", 0))
        return Reply(200, {"events": [{"order": order, **row} for order, row in journal.rows(after)]})

    kept = [route for route in control.SERVICE.routes if route.path in _OF_GUESTS]
    return replace(control.SERVICE, routes=[*kept, Route("GET", "/events", list_events)])
