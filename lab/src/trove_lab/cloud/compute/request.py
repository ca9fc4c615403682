"""What Nova's handlers receive."""

from typing import Protocol, TypeAlias

from trove_lab.cloud import http
from trove_lab.cloud.compute.state import State
from trove_lab.cloud.events import Events
from trove_lab.cloud.network.request import NetworkCloud
from trove_lab.cloud.volume.request import VolumeCloud


class ComputeCloud(VolumeCloud, NetworkCloud, Protocol):
    """A cloud with Nova and the services that Nova calls."""

    compute: State
    events: Events


Request: TypeAlias = http.Request[ComputeCloud]
