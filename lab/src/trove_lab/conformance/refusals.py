"""Specs that cannot be: refused before anything is asked of the cloud, with the field's name."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.example import MYSQL, Example
from trove_lab.conformance.needs import ALL_KINDS
from trove_resources.errors import InvalidSpecError
from trove_resources.spec import InstanceSpec, RuleSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """A spec that cannot be."""

    field: str
    reason: str
    spec: Callable[[Example], InstanceSpec]


def _rule(**changes: object) -> RuleSpec:
    known = {"protocol": "tcp", "port_min": 3306, "port_max": 3306, "cidr": "0.0.0.0/0"}
    return RuleSpec(**{**known, **changes})  # type: ignore[arg-type]


IMPOSSIBLE = (
    Impossible(
        field="access.is_public",
        reason="a floating IP has nowhere to go",
        spec=lambda example: example.spec(public=True, ports=(example.management_port(),)),
    ),
    Impossible(
        field="nics",
        reason="the guest knows one user port",
        spec=lambda example: example.spec(ports=(example.user_port(), example.user_port())),
    ),
    Impossible(
        field="nics.ip_address",
        reason="an address is one of a subnet",
        spec=lambda example: example.spec(ports=(example.user_port(ip_address="10.10.0.9"),)),
    ),
    Impossible(
        field="image_id",
        reason="there is nothing to boot from",
        spec=lambda example: example.spec(server=example.server(image_id=None)),
    ),
    Impossible(
        field="volume_rootdisk_support",
        reason="a server boots from its root volume or from its image",
        spec=lambda example: example.spec(root_volume=example.root_volume()),
    ),
    Impossible(
        field="volume.size (data)",
        reason="Cinder has no empty volumes",
        spec=lambda example: example.spec(data_volume=example.data_volume(size=0)),
    ),
    Impossible(
        field="access.allowed_cidrs",
        reason="it is no network",
        spec=lambda example: example.spec(security_group=example.security_group(MYSQL, _rule(cidr="10.0.0.0/33"))),
    ),
    Impossible(
        field="tcp_ports",
        reason="the range runs backwards",
        spec=lambda example: example.spec(security_group=example.security_group(_rule(port_min=3307))),
    ),
    Impossible(
        field="udp_ports",
        reason="there are no such ports",
        spec=lambda example: example.spec(security_group=example.security_group(_rule(protocol="udp", port_max=65536))),
    ),
)


class RefusalConformance(Conformance):
    """``provision`` of what cannot be."""

    @pytest.mark.parametrize("impossible", IMPOSSIBLE, ids=lambda each: each.field)
    def test_it_is_refused_with_its_field(self, bench: Bench, impossible: Impossible) -> None:
        with pytest.raises(InvalidSpecError) as refused:
            bench.manager.provision(impossible.spec(replace(bench.example, creates=ALL_KINDS)))
        assert refused.value.field == impossible.field, impossible.reason
        bench.check_nothing_is_left()
