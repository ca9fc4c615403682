"""What Glance's handlers receive."""

from typing import Protocol, TypeAlias

from trove_lab.cloud import http
from trove_lab.cloud.image.state import State


class ImageCloud(http.BaseCloud, Protocol):
    """A cloud with Glance."""

    image: State


Request: TypeAlias = http.Request[ImageCloud]
