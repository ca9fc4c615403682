"""The addresses of a server, and the security groups of its ports."""

from trove_lab.cloud.compute import errors, lookups, server_views
from trove_lab.cloud.compute.request import Request
from trove_lab.cloud.http import Json, Reply
from trove_lab.cloud.network import internal_api as network
from trove_lab.cloud.network.state import SecurityGroup, SecurityGroupRule


def index(request: Request, server_id: str) -> Reply:
    """GET /servers/{server_id}/ips."""
    server = lookups.server(request, server_id)
    return Reply(200, {"addresses": server_views.addresses(request, server, extended=False)})


def show(request: Request, server_id: str, network_name: str) -> Reply:
    """GET /servers/{server_id}/ips/{network_name}."""
    server = lookups.server(request, server_id)
    there = server_views.addresses(request, server, extended=False)
    if network_name not in there:
        raise errors.not_found("Instance is not a member of specified network")
    return Reply(200, {network_name: there[network_name]})


def list_security_groups(request: Request, server_id: str) -> Reply:
    """GET /servers/{server_id}/os-security-groups: lists a group once for each port that has it."""
    server = lookups.server(request, server_id)
    ports = network.ports_of(request.cloud, server.id)
    known = request.cloud.network.security_groups
    groups = [known.get(group_id) for port in ports for group_id in port.security_group_ids]
    return Reply(200, {"security_groups": [_group(request, group) for group in groups if group]})


def _group(request: Request, group: SecurityGroup) -> Json:
    rules = request.cloud.network.rules.where(security_group_id=group.id, direction="ingress")
    return {
        "id": group.id,
        "description": group.description,
        "name": group.name,
        "tenant_id": group.project_id,
        "rules": [_rule(request, rule) for rule in rules],
    }


def _rule(request: Request, rule: SecurityGroupRule) -> Json:
    """Return a rule in the form of Nova's former security groups."""
    remote = request.cloud.network.security_groups.get(rule.remote_group_id or "")
    everywhere = "0.0.0.0/0" if rule.ethertype == "IPv4" else "::/0"
    return {
        "id": rule.id,
        "parent_group_id": rule.security_group_id,
        "ip_protocol": rule.protocol,
        "from_port": rule.port_range_min,
        "to_port": rule.port_range_max,
        "group": {"name": remote.name, "tenant_id": remote.project_id} if remote else {},
        "ip_range": {} if remote else {"cidr": rule.remote_ip_prefix or everywhere},
    }
