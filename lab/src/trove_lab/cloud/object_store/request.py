"""What Swift's handlers receive."""

from typing import Protocol, TypeAlias

from trove_lab.cloud import http
from trove_lab.cloud.object_store.state import State


class ObjectStoreCloud(http.BaseCloud, Protocol):
    """A cloud with Swift."""

    object_store: State


Request: TypeAlias = http.Request[ObjectStoreCloud]
