"""The cloud that a suite runs on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openstack.connection import Connection

from trove_resources.clouds.dns import Dns
from trove_resources.flows.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network and one of its subnets."""

    id: str
    subnet_id: str
    address: str
    """An unused address of the subnet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A cloud, as Trove's service user sees it.

    That user has a project of its own, which owns all resources of instances except their floating IPs, and a role that
    lets it act for tenants.
    """

    service: Connection
    tenant_id: str
    """The project that the instances belong to."""
    user_network: Network
    """A network with a router to an external network."""
    management_network: Network
    """The only network of the service user's project."""
    flavor_id: str
    """A small flavor, with a disk for the image."""
    other_flavor_id: str
    """A larger flavor that fits a host."""
    huge_flavor_id: str
    """A flavor that fits no host."""
    image_id: str
    availability_zone: str
    clock: Clock
    dns: Dns
    """The DNS that the manager under test creates records in."""
    left: Callable[[str], Sequence[str]]
    """Returns descriptions of what the cloud holds for an instance, by its id. Independent of the manager."""
