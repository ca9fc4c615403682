"""Each call of a flow fails once: the flow gets over it, or takes everything back."""

from collections import Counter

import pytest

from native.bench import Call, FaultBench, Saved
from trove_lab.cloud.server import CloudServer
from trove_resources.errors import LeftoversError, ResourceFailedError
from trove_resources.spec import RuleSpec

pytestmark = pytest.mark.mini_only("faults are injected")


@pytest.fixture
def bench(server: CloudServer) -> FaultBench:
    """Return a bench on which the calls are those that were recorded."""
    return FaultBench(server, branches=1)


@pytest.fixture
def provisioned(server: CloudServer, saved: Saved) -> FaultBench:
    """Return such a bench, whose instance is there."""
    return FaultBench(server, saved=saved, branches=1)


@pytest.fixture(scope="session")
def good_shape(server: CloudServer, saved: Saved) -> Counter[str]:
    """Return what is there after a good run."""
    return FaultBench(server, saved=saved).shape()


def test_provision_gets_over_a_call_that_fails_once(
    good_shape: Counter[str], bench: FaultBench, provision_call: Call, kind: str
) -> None:
    bench.fault(provision_call.fault(kind))
    run = bench.provision()
    assert run.error is None
    assert _met(bench) == 1
    assert bench.shape() == good_shape


def test_delete_gets_over_a_call_that_fails_once(provisioned: FaultBench, delete_call: Call, kind: str) -> None:
    provisioned.fault(delete_call.fault(kind))
    run = provisioned.delete()
    assert run.error is None
    assert _met(provisioned) == 1
    assert not provisioned.held()


def test_what_fails_after_its_create_is_undone(good_shape: Counter[str], bench: FaultBench, create_call: Call) -> None:
    bench.fault(create_call.fault("error_later"))
    run = bench.provision()
    if create_call.service in ("compute", "volume"):
        assert isinstance(run.error, ResourceFailedError)
        assert not run.leftovers
        assert set(run.results.values()) <= {None}
        assert not bench.held()
    else:
        # Neutron makes at once; of Designate's records Trove's driver asks no more than that they are accepted.
        assert run.error is None
        assert sum(bench.shape().values()) == sum(good_shape.values())


def test_rules_neutron_shows_otherwise_than_they_were_given_are_found_again(bench: FaultBench) -> None:
    def rule(cidr: str, port_min: int = 3306, port_max: int = 3306) -> RuleSpec:
        return RuleSpec(protocol="tcp", port_min=port_min, port_max=port_max, cidr=cidr)

    rules = (rule("10.0.0.1"), rule("198.51.100.5/24"), rule("2001:DB8::1/32"), rule("192.0.2.0/24", 1, 65535))
    bench.fault({"kind": "lose_answer", "method": "POST", "path": "/security-group-rules"})
    twice = (*rules, rule("10.0.0.1/32"))
    run = bench.provision(bench.example.bare_spec(security_group=bench.example.security_group(*twice)))
    assert run.error is None
    ingress = [row for row in bench.held()["security_group_rules"] if row["direction"] == "ingress"]
    assert len(ingress) == len(rules)


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/volumes/*", {"volumes"}), ("/servers/*", {"servers", "volumes"})],
)
def test_what_fails_after_its_delete_is_said_and_goes_with_the_next(
    provisioned: FaultBench, path: str, kept: set[str]
) -> None:
    provisioned.fault({"kind": "error_later", "method": "DELETE", "path": path})
    run = provisioned.delete()
    assert isinstance(run.error, LeftoversError)
    assert set(provisioned.held()) == kept
    assert provisioned.delete().error is None
    assert not provisioned.held()


def _met(bench: FaultBench) -> int:
    """Return how many requests met the fault."""
    (fault,) = bench.cloud.faults
    return fault.met
