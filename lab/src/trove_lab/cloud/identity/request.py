"""What Keystone's handlers receive."""

from typing import Protocol, TypeAlias

from trove_lab.cloud import http
from trove_lab.cloud.identity.state import State


class IdentityCloud(http.BaseCloud, Protocol):
    """A cloud with Keystone."""

    identity: State


Request: TypeAlias = http.Request[IdentityCloud]
