"""What the handlers of the control API receive."""

from collections.abc import Callable
from threading import RLock
from typing import Protocol, TypeAlias

from trove_lab.cloud import http
from trove_lab.cloud.compute.request import ComputeCloud
from trove_lab.cloud.control.guests import Guests
from trove_lab.cloud.dns.request import DnsCloud
from trove_lab.cloud.faults import Faults
from trove_lab.cloud.request_log import RequestLog


class ControlledCloud(ComputeCloud, DnsCloud, Protocol):
    """A cloud whose faults, durations and guests can be set, and whose contents and history can be read."""

    lock: RLock
    faults: Faults
    guests: Guests
    request_log: RequestLog
    seeded: frozenset[str]

    def reset(self) -> None:
        """Restore the state after the seed."""

    def run_due(self) -> None:
        """Finish every transition that is due."""

    def changed(self) -> None:
        """Wake the threads that wait for a change."""

    def wait(self, happened: Callable[[], bool], deadline: float | None) -> bool:
        """Block until ``happened()`` or the deadline; return ``happened()``."""


Request: TypeAlias = http.Request[ControlledCloud]
