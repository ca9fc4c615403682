"""Rules of security groups."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from trove_lab.cloud.http import ApiError, Json, Reply
from trove_lab.cloud.ids import new_uuid
from trove_lab.cloud.network import errors, lists, quotas, standard
from trove_lab.cloud.network.attributes import (
    REQUIRED,
    Attribute,
    choice,
    integer,
    nullable,
    parse_create,
    text,
    uuid,
)
from trove_lab.cloud.network.request import NetworkCloud, Request
from trove_lab.cloud.network.state import SecurityGroup, SecurityGroupRule


def _text_or_number(_name: str, value: Any) -> str | None:
    return None if value is None else str(value).lower()


ATTRIBUTES: Mapping[str, Attribute] = {
    "security_group_id": Attribute(uuid, REQUIRED),
    "direction": Attribute(choice("ingress", "egress"), REQUIRED),
    "ethertype": Attribute(text(), "IPv4"),
    "protocol": Attribute(_text_or_number),
    "port_range_min": Attribute(nullable(integer)),
    "port_range_max": Attribute(nullable(integer)),
    "remote_ip_prefix": Attribute(nullable(text())),
    "remote_group_id": Attribute(nullable(uuid)),
    "description": Attribute(text(), ""),
}
_PROTOCOLS = {
    *("ah", "any", "dccp", "egp", "esp", "gre", "hopopt", "icmp", "icmpv6", "igmp", "ip", "ipip", "ipv6-encap"),
    *("ipv6-frag", "ipv6-icmp", "ipv6-nonxt", "ipv6-opts", "ipv6-route", "ospf", "pgm", "rsvp", "sctp", "tcp"),
    *("udp", "udplite", "vrrp"),
}
_WITH_PORTS = {"tcp", "udp", "sctp", "dccp", "udplite", "6", "17"}
_HIGHEST_PORT = 65535
_COMPARED = ("security_group_id", "direction", "ethertype", "protocol", "port_range_min", "port_range_max")
_FILTERABLE = (*standard.FILTERABLE, *_COMPARED, "remote_ip_prefix", "remote_group_id")


def index(request: Request) -> Reply:
    """GET /v2.0/security-group-rules."""
    seen = [view(each) for each in standard.own(request, request.cloud.network.rules)]
    return lists.respond(request, "security_group_rules", seen, filterable=_FILTERABLE)


def create(request: Request) -> Reply:
    """POST /v2.0/security-group-rules: one or many; creates all of them or none."""
    given, bulk = parse_create(request, "security_group_rule", ATTRIBUTES)
    state = request.cloud.network
    rules = [_new(request, each) for each in given]
    keys = [_key(rule) for rule in rules]
    if len(set(keys)) < len(keys):
        raise errors.conflict("DuplicateSecurityGroupRuleInPost", "Duplicate Security Group Rule in POST.")
    existing = {_key(rule): rule.id for rule in state.rules}
    for key in keys:
        if key in existing:
            message = f"Security group rule already exists. Rule id is {existing[key]}."
            raise errors.conflict("SecurityGroupRuleExists", message)
    quotas.reserve(state, given[0]["project_id"], "security_group_rule", len(rules))
    views = [view(state.rules.add(rule)) for rule in rules]
    return Reply(201, {"security_group_rules": views} if bulk else {"security_group_rule": views[0]})


def show(request: Request, security_group_rule_id: str) -> Reply:
    """GET /v2.0/security-group-rules/{security_group_rule_id}."""
    rule = _find(request, security_group_rule_id)
    return Reply(200, {"security_group_rule": lists.only_fields(request, view(rule))})


def delete(request: Request, security_group_rule_id: str) -> Reply:
    """DELETE /v2.0/security-group-rules/{security_group_rule_id}. Rules cannot be updated."""
    request.cloud.network.rules.remove(_find(request, security_group_rule_id).id)
    return Reply(204)


def allow_egress(cloud: NetworkCloud, group: SecurityGroup) -> None:
    """Add to a new group the two rules that allow all egress."""
    for ethertype in ("IPv4", "IPv6"):
        _add(cloud, group, direction="egress", ethertype=ethertype)


def allow_ingress_from_members(cloud: NetworkCloud, group: SecurityGroup) -> None:
    """Add to a ``default`` group the two rules that allow ingress from its own members."""
    for ethertype in ("IPv4", "IPv6"):
        _add(cloud, group, direction="ingress", ethertype=ethertype, remote_group_id=group.id)


def view(rule: SecurityGroupRule) -> Json:
    """Return a rule as Neutron shows it."""
    prefix = rule.remote_ip_prefix
    common = standard.view(rule)
    del common["name"]
    return {
        **common,
        "security_group_id": rule.security_group_id,
        "ethertype": rule.ethertype,
        "direction": rule.direction,
        "protocol": rule.protocol,
        "port_range_min": rule.port_range_min,
        "port_range_max": rule.port_range_max,
        "remote_ip_prefix": prefix,
        "remote_address_group_id": None,
        "normalized_cidr": str(ipaddress.ip_network(prefix, strict=False)) if prefix else None,
        "remote_group_id": rule.remote_group_id,
    }


def _add(cloud: NetworkCloud, group: SecurityGroup, **attributes: Any) -> None:
    now = cloud.clock.now()
    rule = SecurityGroupRule(
        id=new_uuid(),
        project_id=group.project_id,
        security_group_id=group.id,
        created_at=now,
        updated_at=now,
        **attributes,
    )
    cloud.network.rules.add(rule)


def _find(request: Request, rule_id: str) -> SecurityGroupRule:
    return standard.find(request, request.cloud.network.rules, "Security group rule", rule_id)


def _new(request: Request, given: Json) -> SecurityGroupRule:
    _check_ports(given)
    _check_remote(request, given)
    groups = request.cloud.network.security_groups
    group = standard.find(request, groups, "Security group", given["security_group_id"])
    every_port = (given["port_range_min"], given["port_range_max"]) == (1, _HIGHEST_PORT)
    if every_port and given["protocol"] in _WITH_PORTS:
        given = {**given, "port_range_min": None, "port_range_max": None}
    same = ("direction", "ethertype", "protocol", "port_range_min", "port_range_max", "remote_group_id")
    prefix = given["remote_ip_prefix"]
    return SecurityGroupRule(
        id=new_uuid(),
        security_group_id=group.id,
        remote_ip_prefix=prefix and str(ipaddress.ip_interface(prefix)),
        **{name: given[name] for name in same},
        **standard.common(request, given),
    )


def _check_ports(given: Json) -> None:
    protocol, low, high = given["protocol"], given["port_range_min"], given["port_range_max"]
    if given["ethertype"] not in ("IPv4", "IPv6"):
        message = (
            f"Security group rule for ethertype '{given['ethertype']}' not supported."
            " Allowed values are ['IPv4', 'IPv6']."
        )
        raise ApiError(400, "SecurityGroupRuleInvalidEtherType", message)
    if protocol is not None and protocol not in _PROTOCOLS and not (protocol.isdigit() and int(protocol) <= 255):  # noqa: PLR2004 - a byte
        message = f"Security group rule protocol {protocol} not supported."
        raise ApiError(400, "SecurityGroupRuleInvalidProtocol", message)
    if low is None and high is None:
        return
    if protocol is None:
        message = "Must also specify protocol if port range is given."
        raise ApiError(400, "SecurityGroupProtocolRequiredWithPorts", message)
    if protocol not in _WITH_PORTS:
        return
    for port in (low, high):
        if port is not None and not 0 <= port <= _HIGHEST_PORT:
            raise ApiError(400, "SecurityGroupInvalidPortValue", f"Invalid value for port {port}")
    if low is None or high is None or low > high:
        message = "For TCP/UDP protocols, port_range_min must be <= port_range_max"
        raise ApiError(400, "SecurityGroupInvalidPortRange", message)


def _check_remote(request: Request, given: Json) -> None:
    prefix, group_id = given["remote_ip_prefix"], given["remote_group_id"]
    if prefix is not None and group_id is not None:
        message = "Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided."
        raise ApiError(400, "SecurityGroupMultipleRemoteEntites", message)
    if group_id is not None:
        standard.find(request, request.cloud.network.security_groups, "Security group", group_id)
    if prefix is None:
        return
    try:
        network = ipaddress.ip_network(prefix, strict=False)
    except ValueError:
        raise ApiError(400, "InvalidCIDR", f"Invalid CIDR {prefix} given as IP prefix.") from None
    if given["ethertype"] != f"IPv{network.version}":
        message = f"Conflicting value ethertype {given['ethertype']} for CIDR {prefix}"
        raise ApiError(400, "SecurityGroupRuleParameterConflict", message)


def _key(rule: SecurityGroupRule) -> tuple[Any, ...]:
    """Return what identifies a rule: no description, and no prefix is the same as every address."""
    prefix = rule.remote_ip_prefix
    everywhere = prefix and ipaddress.ip_network(prefix, strict=False).prefixlen == 0
    return (*(getattr(rule, name) for name in _COMPARED), None if everywhere else prefix, rule.remote_group_id)
