"""A real cloud as a site. Its networks, flavors and image have the names of those in minicloud's seed."""

import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network

from keystoneauth1.session import Session
from openstack.connection import Connection

from trove_lab.conformance.dns import ZoneDns
from trove_lab.conformance.search import traces
from trove_lab.conformance.site import Network, Site
from trove_resources.clouds import BlockStorage, Clouds, Compute, Dns, Orchestration, compute, volume
from trove_resources.clouds import Network as Neutron
from trove_resources.clouds.service import Endpoint, Service
from trove_resources.flows.clock import SystemClock

POLL = 0.3
"""Seconds between two polls of a zone that is being deleted."""


def site_on(service: Connection, tenant_id: str, dns: Dns) -> Site:
    """Return the site of Trove's service user. What is left is what has an instance's id in its name or description."""
    flavors = {flavor.name: flavor.id for flavor in service.compute.flavors()}
    return Site(
        service=service,
        tenant_id=tenant_id,
        user_network=_network(service, "tenant"),
        management_network=_network(service, "trove-mgmt"),
        flavor_id=flavors["m1.small"],
        other_flavor_id=flavors["m1.medium"],
        huge_flavor_id=flavors["m1.huge"],
        image_id=service.image.find_image("guest", ignore_missing=False).id,
        availability_zone="nova",
        clock=SystemClock(),
        dns=dns,
        left=lambda instance_id: traces(service, instance_id),
    )


def clouds_of(session: Session, dns: Dns) -> Clouds:
    """Return the services over a session."""

    def service(name: str, kind: str, microversion: str | None = None) -> Service:
        return Service(session, Endpoint(service_type=kind), name=name, microversion=microversion)

    return Clouds(
        compute=Compute(service("Nova", "compute", compute.MICROVERSION)),
        volume=BlockStorage(service("Cinder", "volumev3", volume.MICROVERSION)),
        network=Neutron(service("Neutron", "network")),
        orchestration=Orchestration(service("Heat", "orchestration")),
        dns=dns,
    )


def dns_of(service: Connection, name: str) -> ZoneDns:
    """Return the DNS of an existing zone; its name ends with a dot."""
    zone = service.dns.find_zone(name, ignore_missing=False)
    return ZoneDns(Service(service.session, Endpoint(service_type="dns"), name="Designate"), zone.id, zone.name)


@contextmanager
def zone(service: Connection) -> Iterator[ZoneDns]:
    """Create a new zone, and delete it at the end, with its records."""
    name = f"c{uuid.uuid4().hex[:8]}.example.test."
    made = service.dns.create_zone(name=name, email="conformance@example.test")
    yield dns_of(service, name)
    service.dns.delete_zone(made.id)
    while service.dns.find_zone(name):
        time.sleep(POLL)


def _network(service: Connection, name: str) -> Network:
    network = service.network.find_network(name, ignore_missing=False)
    (subnet,) = service.network.subnets(network_id=network.id)
    # Neutron allocates the lowest addresses first, and other tests may run on this cloud.
    address = ip_network(subnet.cidr)[secrets.choice(range(128, 250))]
    return Network(id=network.id, subnet_id=subnet.id, address=str(address))
