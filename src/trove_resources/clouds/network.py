"""Neutron: ports, security groups, floating IPs."""

from collections.abc import Sequence

from trove_resources import markers
from trove_resources.clouds import rows
from trove_resources.clouds.service import Json, Service
from trove_resources.inventory import FloatingIp, Port, SecurityGroup
from trove_resources.markers import Owner
from trove_resources.spec import Nic, PortSpec, RuleSpec


class Network:
    """Neutron, for the service user, who may act on behalf of tenants."""

    def __init__(self, service: Service) -> None:
        self._neutron = service

    def create_port(self, spec: PortSpec, owner: Owner, security_group_ids: Sequence[str]) -> Port:
        """Create a port."""
        port: Json = {
            "network_id": spec.network_id,
            "name": markers.resource_name(owner.instance_id),
            "description": markers.port_description(owner, spec.role),
            "security_groups": list(security_group_ids),
        }
        fixed = {"subnet_id": spec.subnet_id, "ip_address": spec.ip_address}
        fixed = {name: value for name, value in fixed.items() if value}
        if fixed:
            port["fixed_ips"] = [fixed]
        return rows.port(self._neutron.post("/v2.0/ports", {"port": port})["port"])

    def find_ports(self, instance_id: str) -> list[Port]:
        """Return the ports with an instance's name, created by stock Trove or by us."""
        query = {"name": markers.resource_name(instance_id)}
        return [rows.port(row) for row in self._neutron.get("/v2.0/ports", query)["ports"]]

    def delete_port(self, port_id: str) -> None:
        """Delete a port."""
        self._neutron.delete(f"/v2.0/ports/{port_id}")

    def nic(self, mac_address: str, addresses: Sequence[tuple[str, str]]) -> Nic:
        """Return what user data says about a port; ``addresses`` are pairs of a subnet's id and an address."""
        subnets = ((self._neutron.get(f"/v2.0/subnets/{each}")["subnet"], address) for each, address in addresses)
        return rows.nic(mac_address, subnets)

    def create_security_group(self, name: str, owner: Owner) -> str:
        """Create a security group without rules of ours, and return its id."""
        group = {"name": name, "description": markers.security_group_description(owner)}
        return str(self._neutron.post("/v2.0/security-groups", {"security_group": group})["security_group"]["id"])

    def find_security_groups(self, name: str) -> list[SecurityGroup]:
        """Return the security groups with a name, with their rules."""
        found = self._neutron.get("/v2.0/security-groups", {"name": name})["security_groups"]
        return [rows.security_group(row) for row in found]

    def security_group(self, security_group_id: str) -> SecurityGroup:
        """Return a security group with its rules. Raises ResourceNotFoundError."""
        return rows.security_group(self._neutron.get(f"/v2.0/security-groups/{security_group_id}")["security_group"])

    def delete_security_group(self, security_group_id: str) -> None:
        """Delete a security group with its rules. Raises ResourceInUseError while a port uses it."""
        self._neutron.delete(f"/v2.0/security-groups/{security_group_id}")

    def create_rules(self, security_group_id: str, rules: Sequence[RuleSpec], owner: Owner) -> None:
        """Create rules: all of them, or none."""
        bodies = [
            {
                "security_group_id": security_group_id,
                "direction": "ingress",
                "ethertype": rule.ethertype,
                "protocol": rule.protocol,
                "port_range_min": rule.port_min,
                "port_range_max": rule.port_max,
                "remote_ip_prefix": rule.cidr,
                "description": owner.task_note,
            }
            for rule in rules
        ]
        self._neutron.post("/v2.0/security-group-rules", {"security_group_rules": bodies})

    def delete_rule(self, rule_id: str) -> None:
        """Delete a rule of a security group."""
        self._neutron.delete(f"/v2.0/security-group-rules/{rule_id}")

    def public_network_id(self) -> str | None:
        """Return the first external network, as stock Trove does when the operator configures none."""
        networks = self._neutron.get("/v2.0/networks", {"router:external": True})["networks"]
        return str(networks[0]["id"]) if networks else None

    def has_router(self, subnet_id: str) -> bool:
        """Return whether a subnet is connected to a router."""
        owners = ("router_interface", "router_interface_distributed", "ha_router_replicated_interface")
        query = {
            "fixed_ips": f"subnet_id={subnet_id}",
            "device_owner": [f"network:{owner}" for owner in owners],
            "fields": "id",
        }
        return bool(self._neutron.get("/v2.0/ports", query)["ports"])

    def create_floating_ip(self, *, network_id: str, port_id: str, project_id: str, owner: Owner) -> FloatingIp:
        """Create a floating IP in a tenant's project, associated with a port."""
        body = {
            "floating_network_id": network_id,
            "port_id": port_id,
            "project_id": project_id,
            "description": markers.floating_ip_description(owner),
        }
        return rows.floating_ip(self._neutron.post("/v2.0/floatingips", {"floatingip": body})["floatingip"])

    def find_floating_ips(self, port_ids: Sequence[str]) -> list[FloatingIp]:
        """Return the floating IPs of ports."""
        if not port_ids:
            return []
        found = self._neutron.get("/v2.0/floatingips", {"port_id": list(port_ids)})["floatingips"]
        return [rows.floating_ip(row) for row in found]

    def find_stray_floating_ips(self, instance_id: str, project_id: str) -> list[FloatingIp]:
        """Return the floating IPs of a project that carry an instance's marker and have lost their port."""
        found = self._neutron.get("/v2.0/floatingips", {"project_id": project_id})["floatingips"]
        prefix = markers.floating_ip_prefix(instance_id)
        floating_ips = (rows.floating_ip(row) for row in found)
        return [each for each in floating_ips if each.port_id is None and each.description.startswith(prefix)]

    def delete_floating_ip(self, floating_ip_id: str) -> None:
        """Delete a floating IP."""
        self._neutron.delete(f"/v2.0/floatingips/{floating_ip_id}")
