"""An instance to create in a test: its owner, its spec, and what Trove's row says about it."""

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from trove_lab.conformance.needs import ALL_KINDS
from trove_lab.conformance.site import Network, Site
from trove_resources import markers
from trove_resources.inventory import InstanceRef
from trove_resources.kinds import ResourceKind
from trove_resources.markers import Owner, PortRole
from trove_resources.spec import InstanceSpec, Nic, PortSpec, RuleSpec, SecurityGroupSpec, ServerSpec, VolumeSpec

PREFIX = "trove_sg"
"""The prefix of the names of security groups."""
ABOUT_PORT = "/etc/trove/eth1.json"
"""The file that describes the user port to the guest."""
MYSQL = RuleSpec(protocol="tcp", port_min=3306, port_max=3306, cidr="0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class Example:
    """One instance, and one task that creates it."""

    site: Site
    owner: Owner = field(
        default_factory=lambda: Owner(instance_id=str(uuid.uuid4()), task_id=str(uuid.uuid4())),
    )
    engine: str | None = None
    """The engine in Trove's row. None: the row has none."""
    creates: frozenset[ResourceKind] = ALL_KINDS
    """The kinds of resources that the manager creates: its specs have no others."""

    @property
    def instance_id(self) -> str:
        """The instance's id."""
        return self.owner.instance_id

    def next_task(self) -> "Example":
        """Return the same instance in another task."""
        return replace(self, owner=replace(self.owner, task_id=str(uuid.uuid4())))

    def ref(self, **known: Any) -> InstanceRef:
        """Return what Trove's row says about it."""
        named = {"engine": self.engine, **known}
        return InstanceRef(instance_id=self.instance_id, tenant_id=self.site.tenant_id, **named)

    def spec(self, **changes: Any) -> InstanceSpec:
        """Return the spec of an ordinary instance, with changes: both ports, a security group, a data volume."""
        ordinary = InstanceSpec(
            instance_id=self.instance_id,
            tenant_id=self.site.tenant_id,
            engine=self.engine,
            server=self.server(),
            user_data=lambda _nic: "#cloud-config\n",
            ports=(self.user_port(), self.management_port()),
            security_group=self.security_group(MYSQL),
            data_volume=self.data_volume(),
        )
        return self._restricted(replace(ordinary, **changes))

    def bare_spec(self, **changes: Any) -> InstanceSpec:
        """Return the smallest spec, with changes: a server on the management network and nothing else."""
        least = {"ports": (self.management_port(),), "security_group": None, "data_volume": None}
        return self.spec(**{**least, **changes})

    def full_spec(self, **changes: Any) -> InstanceSpec:
        """Return the spec of an instance with every kind of resource, with changes."""
        udp = RuleSpec(protocol="udp", port_min=5353, port_max=5353, cidr="::/0")
        full = {
            "server": self.server(image_id=None),
            "root_volume": self.root_volume(),
            "security_group": self.security_group(MYSQL, udp),
            "public": True,
            "isolated": True,
            "dns": True,
            "user_data": user_data,
        }
        return self.spec(**{**full, **changes})

    def _restricted(self, spec: InstanceSpec) -> InstanceSpec:
        """Return a spec without the resources that the manager does not create."""
        kinds, root_volume = self.creates, spec.root_volume
        boots_from_volume = root_volume is not None and ResourceKind.ROOT_VOLUME not in kinds
        return replace(
            spec,
            server=replace(spec.server, image_id=self.site.image_id) if boots_from_volume else spec.server,
            root_volume=root_volume if ResourceKind.ROOT_VOLUME in kinds else None,
            data_volume=spec.data_volume if ResourceKind.DATA_VOLUME in kinds else None,
            security_group=spec.security_group if ResourceKind.SECURITY_GROUP in kinds else None,
            ports=tuple(port for port in spec.ports if ResourceKind.of_port(port.role) in kinds),
            public=spec.public and ResourceKind.FLOATING_IP in kinds,
            dns=spec.dns and ResourceKind.DNS_RECORD in kinds,
        )

    def server(self, **changes: Any) -> ServerSpec:
        """Return an ordinary server, with changes."""
        metadata = markers.server_metadata(self.owner, project_id=self.site.tenant_id, user_id="conformance")
        ordinary = ServerSpec(
            name="conformance",
            flavor_id=self.site.flavor_id,
            image_id=self.site.image_id,
            metadata=metadata,
            tags=markers.server_tags(self.owner, metadata, "mysql"),
        )
        return replace(ordinary, **changes)

    def user_port(self, **changes: Any) -> PortSpec:
        """Return a port on the tenant's network, with changes."""
        return _port("user", self.site.user_network, changes)

    def management_port(self, **changes: Any) -> PortSpec:
        """Return a port on Trove's network, with changes."""
        return _port("management", self.site.management_network, changes)

    def security_group(self, *rules: RuleSpec) -> SecurityGroupSpec:
        """Return a security group with rules."""
        return SecurityGroupSpec(name=markers.security_group_name(PREFIX, self.instance_id), rules=rules)

    def data_volume(self, **changes: Any) -> VolumeSpec:
        """Return a data volume, with changes."""
        return replace(VolumeSpec(role="data", size=1, device_name="vdb"), **changes)

    def root_volume(self, **changes: Any) -> VolumeSpec:
        """Return a root volume of the image, with changes."""
        return replace(VolumeSpec(role="root", size=5, image_id=self.site.image_id), **changes)

    def resource_name(self) -> str:
        """Return the name of the instance's ports and volumes."""
        return markers.resource_name(self.instance_id)


def _port(role: PortRole, network: Network, changes: dict[str, Any]) -> PortSpec:
    return replace(PortSpec(role=role, network_id=network.id), **changes)


def user_data(nic: Nic | None) -> str:
    """Render user data as Trove does: with network isolation, a file in it describes the user port."""
    if nic is None:
        return "#cloud-config\n"
    about = json.dumps({"mac_address": nic.mac_address, **nic.ipv4, **nic.ipv6})
    file = {"path": ABOUT_PORT, "encoding": "b64", "content": base64.b64encode(about.encode()).decode()}
    return "#cloud-config\n" + yaml.safe_dump({"write_files": [file]})


def about_port(arrived: str) -> Any:
    """Return how the user data of a server describes the user port, as a guest reads it."""
    (file,) = [each for each in yaml.safe_load(arrived)["write_files"] if each["path"] == ABOUT_PORT]
    content = base64.b64decode(file["content"]) if "encoding" in file else file["content"]
    return json.loads(content)


def cidrs(rules: Sequence[RuleSpec]) -> set[tuple[str, str, int, int]]:
    """Return what distinguishes rules: CIDR, protocol, ports."""
    return {(rule.cidr, rule.protocol, rule.port_min, rule.port_max) for rule in rules}
