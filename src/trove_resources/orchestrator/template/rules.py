"""Rules of a security group, in the form that they have in a template."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from trove_resources.clouds.service import Json

_PROPERTIES: Final = (
    "direction",
    "ethertype",
    "protocol",
    "port_range_min",
    "port_range_max",
    "remote_ip_prefix",
    "remote_group_id",
    "description",
)


def of_row(row: Mapping[str, Any]) -> Json:
    """Return the rule of a template that equals a rule that Neutron shows."""
    rule = {name: row.get(name) for name in _PROPERTIES if row.get(name) is not None}
    return {**rule, "remote_mode": "remote_group_id"} if "remote_group_id" in rule else rule


def is_default(row: Mapping[str, Any]) -> bool:
    """Return whether a rule is one of the two that Neutron creates with a group. Heat handles these itself."""
    restrictions = ("protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "remote_group_id")
    return row["direction"] == "egress" and not any(row.get(name) for name in restrictions)


def are_equal(rules: Iterable[Json], others: Iterable[Json]) -> bool:
    """Return whether the rules are the same, in any order."""
    one, other = (sorted(sorted(map(str, of_row(each).items())) for each in both) for both in (rules, others))
    return one == other


def union(rules: Iterable[Json], others: Iterable[Json]) -> list[Json]:
    """Return all rules of the first, and those of the second that are not among them."""
    first = list(rules)
    return [*first, *(rule for rule in others if rule not in first)]
