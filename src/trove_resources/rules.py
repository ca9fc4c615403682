"""Rules of security groups as pure values: which of them let clients reach the database, and which should."""

import ipaddress
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from trove_resources.inventory import Rule
from trove_resources.markers import is_ours
from trove_resources.spec import HIGHEST_PORT, AccessSpec, PortRange, RuleSpec

Key = tuple[str | None, int, int, str | None]


def rule_key(rule: Rule | RuleSpec) -> Key:
    """Return what distinguishes rules.

    Neutron shows a single address as a network, and the range of all ports, 1 to 65535, as no range (seen with Neutron
    29.0.0).
    """
    cidr = rule.cidr and str(ipaddress.ip_interface(rule.cidr))
    ports = (1 if rule.port_min is None else rule.port_min, HIGHEST_PORT if rule.port_max is None else rule.port_max)
    return rule.protocol, *ports, cidr or None


def of_database(rules: Iterable[Rule], access: AccessSpec) -> list[Rule]:
    """Return the rules that let clients reach the database. Rules that operators added by hand are not among them.

    Our rules are known by their description. Stock Trove's rules are known by their ports: they are open to all
    networks that were allowed until now, and to no others. Where there are rules of both, the ports of the options
    decide.
    """
    networks = {_network(cidr) for cidr in access.former_cidrs}
    candidates = [rule for rule in rules if rule.protocol in ("tcp", "udp") and rule.cidr]
    ours = {range_of(rule) for rule in candidates if is_ours(rule.description)}
    stock = _ranges_open_to(networks, candidates)
    ranges = ours | (stock & set(access.port_ranges)) if ours else stock
    return [
        rule
        for rule in candidates
        if range_of(rule) in ranges and (is_ours(rule.description) or rule_key(rule)[-1] in networks)
    ]


def wanted(former: Iterable[Rule], access: AccessSpec) -> Sequence[RuleSpec]:
    """Return the wanted rules: the ports of the former rules, open to the networks of the access."""
    ranges = {range_of(rule) for rule in former} or set(access.port_ranges)
    ordered = sorted(ranges, key=lambda each: (each.protocol, each.port_min, each.port_max))
    return [
        RuleSpec(protocol=each.protocol, port_min=each.port_min, port_max=each.port_max, cidr=cidr)
        for cidr in access.cidrs or ()
        for each in ordered
    ]


def range_of(rule: Rule) -> PortRange:
    """Return the ports that a rule opens."""
    _, low, high, _ = rule_key(rule)
    return PortRange(protocol=str(rule.protocol), port_min=low, port_max=high)


def _ranges_open_to(networks: AbstractSet[str | None], rules: Iterable[Rule]) -> set[PortRange]:
    """Return the ranges of ports that are open to all of the networks."""
    open_to: dict[PortRange, set[str | None]] = {}
    for rule in rules:
        open_to.setdefault(range_of(rule), set()).add(rule_key(rule)[-1])
    return {each for each, having in open_to.items() if networks and networks <= having}


def _network(cidr: str) -> str | None:
    return rule_key(RuleSpec(protocol="tcp", port_min=0, port_max=0, cidr=cidr))[-1]
