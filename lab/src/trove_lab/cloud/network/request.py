"""What Neutron's handlers receive."""

from typing import Protocol, TypeAlias

from trove_lab.cloud import http
from trove_lab.cloud.network.state import State


class NetworkCloud(http.BaseCloud, Protocol):
    """A cloud with Neutron."""

    network: State


Request: TypeAlias = http.Request[NetworkCloud]
