"""The network of a stack: a security group with its rules, ports, a floating IP."""

from trove_resources import markers
from trove_resources.clouds.service import Json
from trove_resources.errors import InvalidSpecError
from trove_resources.markers import Owner
from trove_resources.orchestrator.template import names
from trove_resources.spec import InstanceSpec, PortSpec, RuleSpec, SecurityGroupSpec


def resources(spec: InstanceSpec, owner: Owner, public_network_id: str | None) -> Json:
    """Return the network resources by name. Raises InvalidSpecError."""
    made: Json = {}
    if spec.security_group is not None:
        made[names.SECURITY_GROUP] = _security_group(spec.security_group, owner)
    has_group = spec.security_group is not None
    made.update({names.port(port.role): _port(port, owner, has_group=has_group) for port in spec.ports})
    if spec.public:
        made[names.FLOATING_IP] = _floating_ip(spec, owner, public_network_id)
    return made


def rule(wanted: RuleSpec) -> Json:
    """Return a rule of a security group."""
    return {
        "direction": "ingress",
        "ethertype": wanted.ethertype,
        "protocol": wanted.protocol,
        "port_range_min": wanted.port_min,
        "port_range_max": wanted.port_max,
        "remote_ip_prefix": wanted.cidr,
    }


def _security_group(spec: SecurityGroupSpec, owner: Owner) -> Json:
    properties = {
        "name": spec.name,
        "description": markers.security_group_description(owner),
        "rules": [rule(each) for each in spec.rules],
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


def _floating_ip(spec: InstanceSpec, owner: Owner, public_network_id: str | None) -> Json:
    if public_network_id is None:
        reason = "Heat has to be told where floating IPs come from: set public_network_id in [network]"
        raise InvalidSpecError("access.is_public", reason)
    properties = {
        "floating_network": public_network_id,
        "port_id": {"get_resource": names.port("user")},
        "value_specs": {"project_id": spec.tenant_id, "description": markers.floating_ip_description(owner)},
    }
    return {"type": "OS::Neutron::FloatingIP", "properties": properties}
