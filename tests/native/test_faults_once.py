"""Each call of a flow fails once: the flow recovers, or undoes everything."""

from collections import Counter

import pytest

from native.bench import Call, FaultBench, Saved
from trove_lab.cloud.server import CloudServer
from trove_resources.errors import LeftoversError, ResourceFailedError
from trove_resources.spec import RuleSpec

pytestmark = pytest.mark.mini_only("faults are injected")


@pytest.fixture
def bench(server: CloudServer) -> FaultBench:
    """Return a bench whose flows make the calls that were recorded."""
    return FaultBench(server, branches=1)


@pytest.fixture
def provisioned(server: CloudServer, saved: Saved) -> FaultBench:
    """Return such a bench with an existing instance."""
    return FaultBench(server, saved=saved, branches=1)


@pytest.fixture(scope="session")
def good_shape(server: CloudServer, saved: Saved) -> Counter[str]:
    """Return what exists after a successful run."""
    return FaultBench(server, saved=saved).shape()


def test_provision_survives_a_call_that_fails_once(
    good_shape: Counter[str], bench: FaultBench, provision_call: Call, kind: str
) -> None:
    bench.fault(provision_call.fault(kind))
    run = bench.provision()
    assert run.error is None
    assert _met(bench) == 1
    assert bench.shape() == good_shape


def test_delete_survives_a_call_that_fails_once(provisioned: FaultBench, delete_call: Call, kind: str) -> None:
    provisioned.fault(delete_call.fault(kind))
    run = provisioned.delete()
    assert run.error is None
    assert _met(provisioned) == 1
    assert not provisioned.held()


def test_a_resource_that_fails_after_its_create_is_undone(
    good_shape: Counter[str], bench: FaultBench, create_call: Call
) -> None:
    bench.fault(create_call.fault("error_later"))
    run = bench.provision()
    if create_call.service in ("compute", "volume"):
        assert isinstance(run.error, ResourceFailedError)
        assert not run.leftovers
        assert set(run.results.values()) <= {None}
        assert not bench.held()
    else:
        # Neutron creates these synchronously. Trove's driver waits for no record of Designate: accepted is enough.
        assert run.error is None
        assert sum(bench.shape().values()) == sum(good_shape.values())


def test_rules_that_neutron_normalizes_are_found_again(bench: FaultBench) -> None:
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
def test_a_delete_that_fails_later_is_reported_and_the_next_one_completes(
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
