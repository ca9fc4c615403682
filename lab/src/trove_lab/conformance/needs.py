"""What a test needs of the manager under test. Tests whose needs it does not meet are not collected."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from trove_resources.kinds import ResourceKind

Need = str | ResourceKind
"""An operation by name, or a kind of resource that ``provision`` creates."""

ALL_KINDS: Final[frozenset[ResourceKind]] = frozenset(
    {
        ResourceKind.SERVER,
        ResourceKind.ROOT_VOLUME,
        ResourceKind.DATA_VOLUME,
        ResourceKind.USER_PORT,
        ResourceKind.MANAGEMENT_PORT,
        ResourceKind.FLOATING_IP,
        ResourceKind.SECURITY_GROUP,
        ResourceKind.DNS_RECORD,
    }
)
"""The kinds of resources that an instance's spec can ask for."""
NETWORK: Final = (
    ResourceKind.USER_PORT,
    ResourceKind.MANAGEMENT_PORT,
    ResourceKind.FLOATING_IP,
    ResourceKind.SECURITY_GROUP,
)

_ATTRIBUTE: Final = "_conformance_needs"
T = TypeVar("T", bound=type | Callable[..., Any])


def needs(*needed: Need) -> Callable[[T], T]:
    """Mark a test, or all tests of a suite, with the operations and kinds of resources that it needs."""

    def mark(target: T) -> T:
        setattr(target, _ATTRIBUTE, needs_of(target) | frozenset(needed))
        return target

    return mark


def needs_of(target: object) -> frozenset[Need]:
    """Return what a test or a suite needs."""
    found: frozenset[Need] = getattr(target, _ATTRIBUTE, frozenset())
    return found
