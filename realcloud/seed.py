"""The seed of the cloud: the same users, networks and flavors as in minicloud."""

from collections.abc import Mapping
from typing import Any, Final

from openstack.config import OpenStackConfig
from openstack.connection import Connection

from realcloud.conf import heat
from realcloud.home import PASSWORD, REGION, Home, url
from realcloud.seeded import Seeded
from trove_lab.cloud.seed import FLAVORS, ZONE

ROLES: Final = ("admin", "member", "reader", "manager", "service", "heat_stack_owner", "heat_stack_user")
SERVICE_USERS: Final = ("glance", "placement", "nova", "neutron", "cinder", "designate", "heat", "trove")
CATALOG: Final = (
    ("glance", "image", url("glance")),
    ("placement", "placement", url("placement")),
    ("nova", "compute", f"{url('nova-api')}/v2.1"),
    ("neutron", "network", url("neutron-api")),
    ("cinder", "block-storage", f"{url('cinder-api')}/v3"),
    # Trove looks for this service type.
    ("cinderv3", "volumev3", f"{url('cinder-api')}/v3/%(project_id)s"),
    ("designate", "dns", url("designate-api")),
    ("heat", "orchestration", f"{url('heat-api')}/v1/%(project_id)s"),
    ("trove", "database", f"{url('trove-api')}/v1.0/%(project_id)s"),
)


def connect(home: Home, cloud: str) -> Connection:
    """Return a connection to one of the clouds in clouds.yaml."""
    read = OpenStackConfig(config_files=[str(home.clouds_yaml)], load_envvars=False)
    return Connection(config=read.get_one(cloud))


def identity(home: Home) -> None:
    """Create roles, projects, users and the catalog. This comes first: nova-compute exits if it cannot authenticate."""
    keystone: Any = connect(home, "admin").identity
    roles = {role.name: role for role in keystone.roles()}
    for name in ROLES:
        roles.setdefault(name, keystone.find_role(name) or keystone.create_role(name=name))
    projects = {
        name: keystone.find_project(name) or keystone.create_project(name=name, domain_id="default")
        for name in ("admin", "demo", "alt", "service")
    }

    def add_user(name: str, project: str, *granted: str) -> None:
        user = keystone.find_user(name) or keystone.create_user(name=name, password=PASSWORD, domain_id="default")
        for role in granted:
            keystone.assign_project_role_to_user(projects[project], user, roles[role])

    for name in SERVICE_USERS:
        add_user(name, "service", "admin", "service")
    add_user("trove", "service", "heat_stack_owner")
    add_user("demo", "demo", "member", "heat_stack_owner")
    add_user("alt", "alt", "member")
    domain = keystone.find_domain(heat.DOMAIN) or keystone.create_domain(name=heat.DOMAIN)
    administrator = keystone.find_user(heat.DOMAIN_ADMIN, domain_id=domain.id) or keystone.create_user(
        name=heat.DOMAIN_ADMIN, password=PASSWORD, domain_id=domain.id
    )
    keystone.assign_domain_role_to_user(domain, administrator, roles["admin"])
    _catalog(keystone)


def _catalog(keystone: Any) -> None:
    existing = {service.type for service in keystone.services()}
    for name, kind, address in CATALOG:
        if kind in existing:
            continue
        service = keystone.create_service(name=name, type=kind)
        for interface in ("public", "internal", "admin"):
            keystone.create_endpoint(service_id=service.id, interface=interface, region_id=REGION, url=address)


def resources(home: Home) -> Seeded:
    """Create flavors, an image, networks and Trove's zone. Return the ids that Trove's configuration names."""
    admin: Any = connect(home, "admin")
    service = connect(home, "service")
    for name, (ram, vcpus, disk) in FLAVORS.items():
        admin.compute.find_flavor(name) or admin.compute.create_flavor(name=name, ram=ram, vcpus=vcpus, disk=disk)
    image = admin.image.find_image("guest") or admin.image.create_image(
        name="guest",
        disk_format="raw",
        container_format="bare",
        visibility="public",
        data=b"\0" * 65536,
        tags=["trove", "mysql", "postgresql"],
    )
    projects = {name: admin.identity.find_project(name).id for name in ("demo", "service")}
    public = _network(admin, "public", "203.0.113.0/24", _EXTERNAL, {"enable_dhcp": False})
    tenant = _network(admin, "tenant", "10.10.0.0/24", {"project_id": projects["demo"]}, {})
    management = _network(
        admin, "trove-mgmt", "192.168.100.0/24", {"project_id": projects["service"]}, {"gateway_ip": None}
    )
    _router(admin, projects["demo"], public, tenant)
    zone = service.dns.find_zone(ZONE, ignore_missing=True) or service.dns.create_zone(
        name=ZONE, email="hostmaster@example.test"
    )
    return Seeded(
        project_id=projects["service"],
        image_id=image.id,
        management_network_id=management.id,
        public_network_id=public.id,
        zone_id=zone.id,
        zone_name=ZONE,
    )


_EXTERNAL: Final = {
    "is_router_external": True,
    "provider_network_type": "flat",
    "provider_physical_network": "public",
}


def _network(admin: Any, name: str, cidr: str, more: Mapping[str, Any], subnet: Mapping[str, Any]) -> Any:
    network = admin.network.find_network(name) or admin.network.create_network(name=name, **more)
    if not admin.network.find_subnet(name):
        owner = {"project_id": more["project_id"]} if "project_id" in more else {}
        admin.network.create_subnet(network_id=network.id, name=name, ip_version=4, cidr=cidr, **owner, **subnet)
    return network


def _router(admin: Any, project_id: str, public: Any, tenant: Any) -> None:
    if admin.network.find_router("router"):
        return
    gateway = {"network_id": public.id}
    router = admin.network.create_router(name="router", project_id=project_id, external_gateway_info=gateway)
    admin.network.add_interface_to_router(router, subnet_id=admin.network.find_subnet(tenant.name).id)
