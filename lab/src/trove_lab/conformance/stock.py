"""Resources as stock Trove 26 creates them: with its names, descriptions, tags and metadata, and no marker of ours."""

from collections.abc import Sequence
from typing import Any

from trove_lab.conformance.example import PREFIX, Example
from trove_lab.conformance.site import Site
from trove_resources import markers


class StockMade:
    """Creates the resources of one instance in stock Trove's order (trove.taskmanager.models)."""

    def __init__(self, site: Site, example: Example) -> None:
        self._site, self._example, self._id = site, example, example.instance_id

    def everything(self) -> None:
        """Create an instance with two ports, a floating IP, a security group and a data volume."""
        volume_id = self.volume()
        group_id = self.security_group()
        ports = [self.port("user", group_id), self.port("management", group_id)]
        self.floating_ip(ports[0])
        self.server(ports, volume_id)

    def volume(self) -> str:
        """Create a data volume, and return its id once it is available."""
        cinder = self._site.service.block_storage
        volume = cinder.create_volume(
            size=1, name=self._example.resource_name(), description=f"datastore volume for {self._id}"
        )
        cinder.wait_for_status(volume, "available", interval=0.2)
        return str(volume.id)

    def security_group(self) -> str:
        """Create the security group with a rule, and return its id."""
        network = self._site.service.network
        group = network.create_security_group(
            name=f"{PREFIX}-{self._id}", description=f"Security group for trove instance {self._id}"
        )
        network.create_security_group_rule(
            security_group_id=group.id,
            direction="ingress",
            ethertype="IPv4",
            protocol="tcp",
            port_range_min=3306,
            port_range_max=3306,
            remote_ip_prefix="0.0.0.0/0",
        )
        return str(group.id)

    def port(self, role: markers.PortRole, *group_ids: str) -> str:
        """Create a port and return its id."""
        network = self._site.user_network if role == "user" else self._site.management_network
        port = self._site.service.network.create_port(
            network_id=network.id,
            name=self._example.resource_name(),
            description=f"{role.capitalize()} port for trove instance {self._id}",
            security_group_ids=list(group_ids),
        )
        return str(port.id)

    def floating_ip(self, port_id: str) -> None:
        """Create a floating IP in the tenant's project. Stock Trove gives it no marker."""
        network = self._site.service.network
        public = next(iter(network.networks(is_router_external=True)))
        network.create_ip(floating_network_id=public.id, port_id=port_id, project_id=self._site.tenant_id)

    def server(self, port_ids: Sequence[str], volume_id: str | None, *, tags: Sequence[str] | None = None) -> str:
        """Create the server, and return its id once it is ACTIVE."""
        spec = self._example.server()
        stock_tags = [tag for tag in spec.tags if tag != self._example.owner.task_tag]
        image = {"source_type": "image", "destination_type": "local", "uuid": spec.image_id, "boot_index": 0}
        devices: list[dict[str, Any]] = [{**image, "delete_on_termination": True}]
        if volume_id:
            volume = {"source_type": "volume", "destination_type": "volume", "uuid": volume_id, "boot_index": -1}
            devices.append({**volume, "delete_on_termination": False})
        body = {
            "name": spec.name,
            "flavorRef": spec.flavor_id,
            "imageRef": spec.image_id,
            "metadata": dict(spec.metadata),
            "tags": list(stock_tags if tags is None else tags),
            "networks": [{"port": port_id} for port_id in port_ids],
            "block_device_mapping_v2": devices,
        }
        nova = self._site.service.compute
        answer = nova.post("/servers", json={"server": body}, microversion="2.79")
        assert answer.status_code == 202, answer.text  # noqa: PLR2004 - Accepted
        server = nova.get_server(answer.json()["server"]["id"])
        nova.wait_for_server(server, interval=0.2)
        return str(server.id)
