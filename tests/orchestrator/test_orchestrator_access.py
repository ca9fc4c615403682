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


def lose_floating_ip(bench: HeatBench) -> str:
    """Delete the floating IP, as a tenant can; return its id."""
    (held,) = bench.held()["floating_ips"]
    bench.site.service.network.delete_ip(held["id"])
    return str(held["id"])


def test_a_floating_ip_that_was_deleted_is_created_again(bench: HeatBench) -> None:
    assert bench.provision().error is None
    template, lost = bench.template, lose_floating_ip(bench)
    assert bench.attempt(OPERATIONS["public"](bench)).error is None
    (made,) = bench.held()["floating_ips"]
    assert made["id"] != lost
    assert bench.template == template
    bench.check_well()


def test_a_floating_ip_that_was_deleted_and_cannot_be_created_again_is_reported(bench: HeatBench) -> None:
    assert bench.provision().error is None
    lose_floating_ip(bench)
    body: Json = {"NeutronError": {"type": "OverQuota", "message": "full of eels", "detail": ""}}
    bench.fault("status", "network POST /floatingips", status=409, body=body, times=None)
    assert "eels" in str(bench.attempt(OPERATIONS["public"](bench)).error)
    bench.heal()
    assert bench.attempt(OPERATIONS["public"](bench)).error is None
    bench.check_well()


def test_a_floating_ip_that_lost_its_port_is_reported(bench: HeatBench) -> None:
    assert bench.provision().error is None
    (held,) = bench.held()["floating_ips"]
    bench.site.service.network.update_ip(held["id"], port_id=None)
    assert f"floating IP {held['id']} is on no port: associate it" in str(
        bench.attempt(OPERATIONS["public"](bench)).error
    )
    (port,) = [row["id"] for row in bench.held()["ports"] if row["description"].startswith("User")]
    bench.site.service.network.update_ip(held["id"], port_id=port)
    assert bench.attempt(OPERATIONS["public"](bench)).error is None


@pytest.mark.parametrize("name", ["floating_ip", "dns_record"])
def test_a_stack_with_an_unhealthy_floating_ip_or_record_can_be_updated(bench: HeatBench, name: str) -> None:
    assert bench.provision().error is None
    ids, template = bench.ids(), bench.template
    bench.mark_unhealthy(name)
    assert bench.attempt(OPERATIONS["rules"](bench)).error is None
    assert bench.ids() == ids
    assert bench.template["resources"].keys() == template["resources"].keys()
    bench.check_well()
