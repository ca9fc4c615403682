"""What Designate's handlers receive."""

from typing import Protocol, TypeAlias

from trove_lab.cloud import http
from trove_lab.cloud.dns.state import State


class DnsCloud(http.BaseCloud, Protocol):
    """A cloud with Designate."""

    dns: State


Request: TypeAlias = http.Request[DnsCloud]
