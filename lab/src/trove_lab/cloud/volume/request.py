"""What Cinder's handlers receive."""

from typing import Protocol, TypeAlias

from trove_lab.cloud import http
from trove_lab.cloud.image.request import ImageCloud
from trove_lab.cloud.volume.state import State


class VolumeCloud(ImageCloud, Protocol):
    """A cloud with Cinder and Glance, from whose images it creates volumes."""

    volume: State


Request: TypeAlias = http.Request[VolumeCloud]
