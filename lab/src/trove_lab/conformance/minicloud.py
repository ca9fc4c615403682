"""minicloud as a site, for tests and generated pages that start a cloud of their own."""

from typing import Protocol

from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session
from openstack.connection import Connection

from trove_lab.cloud.clock import ManualClock
from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.control import inventory
from trove_lab.cloud.seed import PASSWORD, ZONE, seed
from trove_lab.cloud.server import CloudServer
from trove_lab.conformance.clock import LeapClock
from trove_lab.conformance.dns import ZoneDns
from trove_lab.conformance.site import Network, Site
from trove_resources.clouds import BlockStorage, Clouds, Compute, Orchestration, compute, volume
from trove_resources.clouds import Network as Neutron
from trove_resources.clouds.service import TIMEOUT, Endpoint, Service
from trove_resources.flows.clock import Clock


class Served(Protocol):
    """A cloud that is served: a CloudServer, a Lab, a HeatCloud."""

    cloud: Cloud

    @property
    def auth_url(self) -> str:
        """The URL of Keystone."""


def started() -> CloudServer:
    """Return a started cloud, as a context manager. Its time is that of the clock that :func:`clock_of` returns."""
    return CloudServer(Cloud(clock=ManualClock(), seed=seed))


def clock_of(server: CloudServer) -> LeapClock:
    """Return a clock that advances a started cloud with itself."""
    cloud, clock = server.cloud, server.cloud.clock
    if not isinstance(clock, ManualClock):
        raise TypeError(f"the cloud goes by a {type(clock).__name__}, which nobody can move")

    def advance(seconds: float) -> None:
        clock.advance(seconds)
        cloud.changed()

    return LeapClock(advance)


def session_of(server: Served) -> Session:
    """Return a session of Trove's service user."""
    auth = Password(
        auth_url=server.auth_url,
        username="trove",
        password=PASSWORD,
        project_name="service",
        user_domain_id="default",
        project_domain_id="default",
    )
    return Session(auth=auth)


def clouds_of(server: Served, session: Session, *, timeout: float = TIMEOUT) -> Clouds:
    """Return the services over a session, with a ``timeout`` in seconds. DNS uses the zone of the seed."""

    def service(name: str, kind: str, microversion: str | None = None) -> Service:
        return Service(session, Endpoint(service_type=kind), name=name, microversion=microversion, timeout=timeout)

    zone = server.cloud.dns.zones.where(name=ZONE)[0]
    return Clouds(
        compute=Compute(service("Nova", "compute", compute.MICROVERSION)),
        volume=BlockStorage(service("Cinder", "volumev3", volume.MICROVERSION)),
        network=Neutron(service("Neutron", "network")),
        orchestration=Orchestration(service("Heat", "orchestration")),
        dns=ZoneDns(service("Designate", "dns"), zone.id, zone.name),
    )


def site_on(server: Served, clock: Clock) -> Site:
    """Return the site, with the networks, flavors and image of the seed. What is left is everything beside the seed."""
    session = session_of(server)
    cloud = server.cloud
    flavors = {flavor.name: flavor.id for flavor in cloud.compute.flavors}
    return Site(
        service=Connection(session=session, region_name="RegionOne"),
        tenant_id=cloud.identity.projects.where(name="demo")[0].id,
        user_network=_network(cloud, "tenant"),
        management_network=_network(cloud, "trove-mgmt"),
        flavor_id=flavors["m1.small"],
        other_flavor_id=flavors["m1.medium"],
        huge_flavor_id=flavors["m1.huge"],
        image_id=next(iter(cloud.image.images)).id,
        availability_zone="nova",
        clock=clock,
        dns=clouds_of(server, session).dns,
        left=lambda _instance_id: _held(cloud),
    )


def _held(cloud: Cloud) -> list[str]:
    """Return a description of everything that the cloud holds beside its seed."""
    with cloud.lock:
        cloud.run_due()
        return [f"{kind} {row['id']}" for kind, rows in inventory.view(cloud).items() for row in rows]


def _network(cloud: Cloud, name: str) -> Network:
    (found,) = cloud.network.networks.where(name=name)
    (subnet,) = cloud.network.subnets.where(network_id=found.id)
    return Network(id=found.id, subnet_id=subnet.id, address=subnet.cidr.rpartition(".")[0] + ".77")
