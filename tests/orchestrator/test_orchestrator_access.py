"""Who can connect is what Neutron says, not what a template says."""

import re

import pytest
from orchestrator_kit import HeatBench
from orchestrator_operations import FORMER, OPERATIONS, OTHERS, let_in

from trove_resources.clouds.service import Json
from trove_resources.errors import ResourceFailedError
from trove_resources.kinds import ResourceKind
from trove_resources.orchestrator.template import rules

pytestmark = [pytest.mark.mini_only("faults"), pytest.mark.xdist_group("orchestrator")]

RULES = "network POST /security-group-rules"


def let_in_by(bench: HeatBench) -> set[str]:
    """Return the networks that can connect."""
    return {row["remote_ip_prefix"] for row in bench.held()["security_group_rules"] if row["direction"] == "ingress"}


def test_rules_that_neutron_created_although_heat_saw_a_failure_are_removed(instance: HeatBench) -> None:
    before, former = instance.picture(), let_in_by(instance)
    instance.fault("lose_answer", RULES)
    run = instance.attempt(OPERATIONS["rules"](instance))
    assert isinstance(run.error, ResourceFailedError), run.error
    assert not run.leftovers
    assert let_in_by(instance) == former
    assert instance.picture() == before
    instance.check_well()


def test_networks_that_can_still_connect_are_named(bench: HeatBench) -> None:
    bench.provision(bench.example.spec())
    former = let_in_by(bench)
    body: Json = {"NeutronError": {"type": "Eels", "message": "full of eels", "detail": ""}}
    bench.fault("lose_answer", RULES)
    bench.fault("status", "network DELETE /security-group-rules/*", status=400, body=body, times=None)
    run = bench.attempt(OPERATIONS["rules"](bench))
    assert isinstance(run.error, ResourceFailedError), run.error
    (left,) = run.leftovers
    assert left.kind is ResourceKind.SECURITY_GROUP
    assert re.search(f"still lets in {', '.join(OTHERS)}, and does not let in nobody.*eels", left.reason, re.DOTALL)
    assert let_in_by(bench) == {*former, *OTHERS}
    bench.heal()
    assert bench.attempt(let_in(bench, OTHERS, FORMER)).error is None
    assert let_in_by(bench) == set(OTHERS)
    bench.check_well()


@pytest.mark.parametrize(
    ("template", "neutron", "reason"),
    [
        ({"remote_ip_prefix": "192.0.2.7"}, {"remote_ip_prefix": "192.0.2.7/32"}, "an address is a network"),
        ({"remote_ip_prefix": "0.0.0.0/0"}, {"remote_ip_prefix": None}, "all networks are no restriction"),
        ({"port_range_min": 1, "port_range_max": 65535}, {}, "all ports are no range"),
        ({"description": "one"}, {"description": "another"}, "a description lets nobody in"),
    ],
)
def test_rules_that_let_in_the_same_clients_are_equal(template: Json, neutron: Json, reason: str) -> None:
    rule = {"direction": "ingress", "ethertype": "IPv4", "protocol": "tcp"}
    assert rules.key({**rule, **template}) == rules.key({**rule, **neutron}), reason
    assert rules.key({**rule, **template}) != rules.key({**rule, "protocol": "udp"}), reason
