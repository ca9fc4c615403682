"""Invalid specs are refused before any request to the cloud, with the name of the field."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.example import MYSQL, Example
from trove_lab.conformance.needs import ALL_KINDS
from trove_resources.errors import InvalidSpecError
from trove_resources.spec import InstanceSpec, RuleSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalid:
    """An invalid spec."""

    field: str
    reason: str
    spec: Callable[[Example], InstanceSpec]


def _rule(**changes: object) -> RuleSpec:
    known = {"protocol": "tcp", "port_min": 3306, "port_max": 3306, "cidr": "0.0.0.0/0"}
    return RuleSpec(**{**known, **changes})  # type: ignore[arg-type]


INVALID = (
    Invalid(
        field="access.is_public",
        reason="a floating IP needs a user port",
        spec=lambda example: example.spec(public=True, ports=(example.management_port(),)),
    ),
    Invalid(
        field="nics",
        reason="an instance has one user port",
        spec=lambda example: example.spec(ports=(example.user_port(), example.user_port())),
    ),
    Invalid(
        field="nics.ip_address",
        reason="an address belongs to a subnet",
        spec=lambda example: example.spec(ports=(example.user_port(ip_address="10.10.0.9"),)),
    ),
    Invalid(
        field="image_id",
        reason="a server boots from an image or a root volume",
        spec=lambda example: example.spec(server=example.server(image_id=None)),
    ),
    Invalid(
        field="volume_rootdisk_support",
        reason="a server boots from one of the two",
        spec=lambda example: example.spec(root_volume=example.root_volume()),
    ),
    Invalid(
        field="volume.size (data)",
        reason="a volume has at least 1 GiB",
        spec=lambda example: example.spec(data_volume=example.data_volume(size=0)),
    ),
    Invalid(
        field="access.allowed_cidrs",
        reason="not a network",
        spec=lambda example: example.spec(security_group=example.security_group(MYSQL, _rule(cidr="10.0.0.0/33"))),
    ),
    Invalid(
        field="tcp_ports",
        reason="the range ends before it begins",
        spec=lambda example: example.spec(security_group=example.security_group(_rule(port_min=3307))),
    ),
    Invalid(
        field="udp_ports",
        reason="the highest port is 65535",
        spec=lambda example: example.spec(security_group=example.security_group(_rule(protocol="udp", port_max=65536))),
    ),
)


class RefusalConformance(Conformance):
    """``provision`` of invalid specs."""

    @pytest.mark.parametrize("invalid", INVALID, ids=lambda each: each.field)
    def test_an_invalid_spec_is_refused_with_the_field(self, bench: Bench, invalid: Invalid) -> None:
        with pytest.raises(InvalidSpecError) as refused:
            bench.manager.provision(invalid.spec(replace(bench.example, creates=ALL_KINDS)))
        assert refused.value.field == invalid.field, invalid.reason
        bench.check_nothing_is_left()
