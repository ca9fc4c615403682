"""The cloud a suite runs on: what of it the suite uses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openstack.connection import Connection

from trove_resources.clouds.dns import Dns
from trove_resources.flows.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network and one subnet of it."""

    id: str
    subnet_id: str
    address: str
    """An address of the subnet nobody has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A cloud, as Trove's service user sees it.

    That user lives in a project of its own, has a role that lets it act for tenants, and is where all resources of
    instances are but their floating IPs.
    """

    service: Connection
    tenant_id: str
    """A project instances belong to."""
    user_network: Network
    """Behind a router to an external network."""
    management_network: Network
    """The only network of the service user's project."""
    flavor_id: str
    """Small, with a disk that holds the image."""
    other_flavor_id: str
    """Larger, on hosts that have the room."""
    huge_flavor_id: str
    """Fits no host."""
    image_id: str
    availability_zone: str
    clock: Clock
    dns: Dns
    """Where the manager under test makes its DNS records."""
    left: Callable[[str], Sequence[str]]
    """Says what is there that has to do with an instance, in words, beside what the manager observes."""
