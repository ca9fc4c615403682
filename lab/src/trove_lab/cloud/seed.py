"""The seed: users, flavors, networks, an image, a DNS zone."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from trove_lab.cloud.cloud import Cloud
from trove_lab.cloud.compute import flavors
from trove_lab.cloud.dns import zones
from trove_lab.cloud.identity.state import (
    Assignment,
    CatalogService,
    Domain,
    Endpoint,
    Project,
    Role,
    User,
)
from trove_lab.cloud.ids import seeded_hex, seeded_uuid
from trove_lab.cloud.image import internal_api as image
from trove_lab.cloud.network import addresses
from trove_lab.cloud.network.state import FixedIp, Network, Port, Router, Subnet

PASSWORD = "lab"  # noqa: S105 - the emulated cloud holds nothing to protect
"""The password of every user."""

PROJECTS = ("admin", "demo", "alt", "service")
USERS = {
    "admin": ("admin", ("admin",)),
    "demo": ("demo", ("member",)),
    "alt": ("alt", ("member",)),
    "trove": ("service", ("admin", "service")),
}
"""Users with their project and their roles in it. Trove's user needs admin: it creates floating IPs for tenants."""

HEAT_DOMAIN = "heat"
"""The domain of the users and projects that belong to stacks."""
HEAT_DOMAIN_ADMIN = "heat_domain_admin"
"""The administrator of that domain."""
HEAT_STACK_USER = "heat_stack_user"
"""The role of the users in that domain."""

FLAVORS = {
    "m1.tiny": (512, 1, 1),
    "m1.small": (2048, 1, 5),
    "m1.medium": (4096, 2, 5),
    "m1.huge": (10_000_000, 2, 5),
}
"""Flavors with their RAM in MiB, vCPUs and disk in GiB. The huge one fits on no host."""

ZONE = "db.example.test."
"""The DNS zone in which Trove creates the records of its instances."""


def seed(cloud: Cloud, elsewhere: Mapping[str, str] | None = None) -> None:
    """Fill an empty cloud.

    ``elsewhere`` maps types of services outside this cloud to their URLs, which may contain ``%(project_id)s``.
    """
    _identity(cloud)
    _for_heat(cloud)
    for service in cloud.services:
        for kind in service.types:
            _register(cloud, service.name, kind, service.mount + service.endpoint)
    for kind, url in (elsewhere or {}).items():
        _register(cloud, kind, kind, url)
    for name, (ram, vcpus, disk) in FLAVORS.items():
        flavors.add(cloud, name, ram, vcpus, disk, flavor_id=seeded_uuid(f"flavor-{name}"))
    image.add(cloud, name="guest", size=65536, tags=("trove", "mysql"), project_id=_project(cloud, "admin"))
    _networks(cloud)
    zones.add(cloud, name=ZONE, project_id=_project(cloud, "service"))
    _lift_quotas(cloud)


def _identity(cloud: Cloud) -> None:
    state = cloud.identity
    state.domains.add(Domain(id="default", name="Default", description="The default domain"))
    for name in ("admin", "manager", "member", "reader", "service"):
        state.roles.add(Role(id=seeded_hex(f"role-{name}"), name=name, immutable=True))
    roles = {role.name: role.id for role in state.roles}
    for name in PROJECTS:
        state.projects.add(Project(id=seeded_hex(f"project-{name}"), name=name, domain_id="default"))
    projects = {project.name: project.id for project in state.projects}
    for name, (project, granted) in USERS.items():
        user = User(
            id=seeded_hex(f"user-{name}"),
            name=name,
            domain_id="default",
            password=PASSWORD,
            default_project_id=projects[project] if name != "admin" else None,
        )
        state.users.add(user)
        state.assignments.update(Assignment(user.id, "project", projects[project], roles[role]) for role in granted)


def _for_heat(cloud: Cloud) -> None:
    """Create what an operator creates before starting Heat: its user, and the domain of stacks with an administrator.

    Source: https://docs.openstack.org/heat/latest/install/install-debian.html.
    """
    state, admin = cloud.identity, seeded_hex("role-admin")
    state.roles.add(Role(id=seeded_hex(f"role-{HEAT_STACK_USER}"), name=HEAT_STACK_USER))
    domain = state.domains.add(
        Domain(id=seeded_hex("domain-heat"), name=HEAT_DOMAIN, description="Stack projects and users")
    )
    for name, domain_id in (("heat", "default"), (HEAT_DOMAIN_ADMIN, domain.id)):
        state.users.add(User(id=seeded_hex(f"user-{name}"), name=name, domain_id=domain_id, password=PASSWORD))
    service = _project(cloud, "service")
    state.assignments.add(Assignment(seeded_hex("user-heat"), "project", service, seeded_hex("role-service")))
    state.assignments.add(Assignment(seeded_hex(f"user-{HEAT_DOMAIN_ADMIN}"), "domain", domain.id, admin))


def _register(cloud: Cloud, name: str, kind: str, url: str) -> None:
    state = cloud.identity
    entry = state.services.add(CatalogService(id=seeded_hex(kind), type=kind, name=name))
    for interface in ("public", "internal", "admin"):
        state.endpoints.add(
            Endpoint(
                id=seeded_hex(f"{kind}-{interface}"),
                service_id=entry.id,
                interface=interface,
                region_id=state.region_id,
                url=url,
            )
        )


def _networks(cloud: Cloud) -> None:
    """Create the external network, the tenant network behind a router, and Trove's management network."""
    public = _network(cloud, "public", "admin", "203.0.113.0/24", "203.0.113.1", external=True)
    tenant = _network(cloud, "tenant", "demo", "10.10.0.0/20", "10.10.0.1")
    _network(cloud, "trove-mgmt", "service", "192.168.0.0/20", None)
    state, now = cloud.network, cloud.clock.now()
    router = Router(id=seeded_uuid("router"), project_id=tenant.project_id, name="r1", created_at=now, updated_at=now)
    router.gateway_network_id = public.network_id
    router.gateway_ips = addresses.allocate(state, public.network_id, None)
    state.routers.add(router)
    state.ports.add(
        Port(
            id=seeded_uuid("router-port"),
            project_id=tenant.project_id,
            network_id=tenant.network_id,
            mac_address=state.new_mac(),
            fixed_ips=[FixedIp(tenant.id, "10.10.0.1")],
            device_id=router.id,
            device_owner="network:router_interface",
            status="ACTIVE",
            port_security_enabled=False,
            created_at=now,
            updated_at=now,
        )
    )


def _network(
    cloud: Cloud, name: str, project: str, cidr: str, gateway: str | None, *, external: bool = False
) -> Subnet:
    """Create a network with one subnet of the same name. Return the subnet."""
    now, block = cloud.clock.now(), ip_network(cidr)
    common: dict[str, Any] = {"name": name, "created_at": now, "updated_at": now}
    common["project_id"] = _project(cloud, project)
    network = cloud.network.networks.add(Network(id=seeded_uuid(f"network-{name}"), external=external, **common))
    subnet = Subnet(
        id=seeded_uuid(f"subnet-{name}"),
        network_id=network.id,
        cidr=cidr,
        ip_version=4,
        gateway_ip=gateway,
        allocation_pools=[{"start": str(block[2]), "end": str(block[-2])}],
        enable_dhcp=not external,
        **common,
    )
    return cloud.network.subnets.add(subnet)


def _project(cloud: Cloud, name: str) -> str:
    return cloud.identity.projects.where(name=name)[0].id


def _lift_quotas(cloud: Cloud) -> None:
    """Give Trove's project no limits except the capacity of the cloud: all instances belong to it."""
    project_id = _project(cloud, "service")
    unlimited = {
        "compute": ("instances", "cores", "ram", "server_groups", "server_group_members", "metadata_items"),
        "volume": ("volumes", "gigabytes", "snapshots"),
        "network": ("port", "security_group", "security_group_rule", "floatingip"),
    }
    for service, names in unlimited.items():
        getattr(cloud, service).quotas[project_id] = dict.fromkeys(names, -1)
