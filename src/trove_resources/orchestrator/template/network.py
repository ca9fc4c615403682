"""The network resources of a template: security group, ports, floating IP, DNS record."""

from typing import Final

from trove_resources import markers
from trove_resources.clouds.dns import RecordSet
from trove_resources.clouds.service import Json
from trove_resources.errors import InvalidSpecError
from trove_resources.markers import Owner
from trove_resources.orchestrator.template import names
from trove_resources.spec import InstanceSpec, PortSpec, RuleSpec, SecurityGroupSpec

FLOATING_ADDRESS: Final = "floating_address"
"""The name of the output that holds the floating IP's address."""


def resources(spec: InstanceSpec, owner: Owner, *, public_network_id: str | None, recordset: RecordSet | None) -> Json:
    """Return the network resources by name. Raises InvalidSpecError."""
    by_name: Json = {}
    if spec.security_group is not None:
        by_name[names.SECURITY_GROUP] = _security_group(spec.security_group, owner)
    has_group = spec.security_group is not None
    by_name.update({names.port(port.role): _port(port, owner, has_group=has_group) for port in spec.ports})
    if spec.public:
        by_name[names.FLOATING_IP] = floating_ip(owner, tenant_id=spec.tenant_id, public_network_id=public_network_id)
    if recordset is not None:
        by_name[names.DNS_RECORD] = dns_record(recordset, {"get_attr": [names.USER_PORT, "fixed_ips", 0, "ip_address"]})
    return by_name


def rule(wanted: RuleSpec, description: str) -> Json:
    """Return a rule of a security group."""
    return {
        "description": description,
        "direction": "ingress",
        "ethertype": wanted.ethertype,
        "protocol": wanted.protocol,
        "port_range_min": wanted.port_min,
        "port_range_max": wanted.port_max,
        "remote_ip_prefix": wanted.cidr,
    }


def floating_ip(owner: Owner, *, tenant_id: str, public_network_id: str | None) -> Json:
    """Return a floating IP on the user port, in the tenant's project. Raises InvalidSpecError."""
    properties = {
        "floating_network": require_public_network(public_network_id),
        "port_id": {"get_resource": names.USER_PORT},
        "value_specs": {"project_id": tenant_id, "description": markers.floating_ip_description(owner)},
    }
    return {"type": "OS::Neutron::FloatingIP", "properties": properties}


def require_public_network(public_network_id: str | None) -> str:
    """Return the id of the network of floating IPs. Raises InvalidSpecError if it is not configured."""
    if public_network_id is None:
        reason = "Heat cannot choose the network of floating IPs: set public_network_id in [network]"
        raise InvalidSpecError("access.is_public", reason)
    return public_network_id


def floating_address() -> Json:
    """Return the value of the output that holds the floating IP's address."""
    return {"get_attr": [names.FLOATING_IP, "floating_ip_address"]}


def dns_record(recordset: RecordSet, address: object) -> Json:
    """Return a DNS record. ``address`` is an address, or a function of the template that results in one."""
    properties = {
        "zone": recordset.zone_id,
        "name": recordset.name,
        "type": recordset.type,
        "records": [address],
    }
    return {"type": "OS::Designate::RecordSet", "properties": properties}


def _security_group(spec: SecurityGroupSpec, owner: Owner) -> Json:
    properties = {
        "name": spec.name,
        "description": markers.security_group_description(owner),
        "rules": [rule(each, owner.task_note) for each in spec.rules],
    }
    return {"type": "OS::Neutron::SecurityGroup", "properties": properties}


def _port(spec: PortSpec, owner: Owner, *, has_group: bool) -> Json:
    own = [{"get_resource": names.SECURITY_GROUP}] if spec.own_group and has_group else []
    fixed = {"subnet": spec.subnet_id, "ip_address": spec.ip_address}
    fixed = {name: value for name, value in fixed.items() if value}
    properties: Json = {
        "network": spec.network_id,
        "name": markers.resource_name(owner.instance_id),
        "security_groups": [*own, *spec.security_group_ids],
        "value_specs": {"description": markers.port_description(owner, spec.role)},
    }
    if fixed:
        properties["fixed_ips"] = [fixed]
    return {"type": "OS::Neutron::Port", "properties": properties}
