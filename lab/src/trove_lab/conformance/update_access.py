"""Change who may reach a running instance, and its floating IP."""

from dataclasses import replace
from typing import Any

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.example import MYSQL
from trove_lab.conformance.needs import NETWORK, needs
from trove_resources.errors import InvalidSpecError
from trove_resources.inventory import Inventory
from trove_resources.spec import AccessSpec, InstanceSpec, PortRange, RuleSpec

HOME, OFFICE, SIX = "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"
POSTGRESQL = PortRange(protocol="tcp", port_min=5432, port_max=5432)
XPLUGIN = RuleSpec(protocol="tcp", port_min=33060, port_max=33061, cidr="0.0.0.0/0")


@needs("update_access", *NETWORK)
class UpdateAccessConformance(Conformance):
    """``update_access``."""

    def test_the_new_networks_are_admitted_and_no_others(self, bench: Bench) -> None:
        self._provision(bench, HOME)
        before = bench.held()
        run = update(bench, former=(HOME,), cidrs=(OFFICE, SIX))
        assert rules_of(bench.held()) == {("tcp", 3306, 3306, OFFICE), ("tcp", 3306, 3306, SIX)}
        assert _but_rules(bench.held()) == _but_rules(before)
        assert run.announced == []

    def test_each_range_of_ports_is_open_to_each_network(self, bench: Bench) -> None:
        bench.provision(_spec(bench, replace(MYSQL, cidr=HOME), replace(XPLUGIN, cidr=HOME)))
        update(bench, former=(HOME,), cidrs=(OFFICE, SIX))
        ports = (("tcp", 3306, 3306), ("tcp", 33060, 33061))
        assert rules_of(bench.held()) == {(*each, cidr) for each in ports for cidr in (OFFICE, SIX)}

    def test_open_ports_stay_the_same_when_the_options_have_changed(self, bench: Bench) -> None:
        self._provision(bench, HOME)
        update(bench, former=(HOME,), cidrs=(OFFICE,), port_ranges=(POSTGRESQL,))
        assert rules_of(bench.held()) == {("tcp", 3306, 3306, OFFICE)}

    def test_an_unreachable_instance_is_opened_on_the_ports_of_the_options(self, bench: Bench) -> None:
        self._provision(bench)
        update(bench, former=(), cidrs=(OFFICE,), port_ranges=(POSTGRESQL,))
        assert rules_of(bench.held()) == {("tcp", 5432, 5432, OFFICE)}

    def test_a_client_that_is_admitted_before_and_after_is_admitted_all_the_time(self, bench: Bench) -> None:
        self._provision(bench, HOME, OFFICE)
        seen: list[set[Any]] = []
        access = AccessSpec(cidrs=(OFFICE, SIX), former_cidrs=(HOME, OFFICE))
        flow = bench.manager.update_access(bench.ref, access)
        run = bench.attempt(flow, watch=lambda _event: seen.append({cidr for *_, cidr in rules_of(bench.held())}))
        assert run.error is None
        assert (seen[0], seen[-1]) == ({HOME, OFFICE}, {OFFICE, SIX})
        assert all(OFFICE in cidrs for cidrs in seen)
        let_in = next(index for index, cidrs in enumerate(seen) if SIX in cidrs)
        kept_out = next(index for index, cidrs in enumerate(seen) if HOME not in cidrs)
        assert let_in <= kept_out

    def test_a_network_that_stays_keeps_its_rule(self, bench: Bench) -> None:
        self._provision(bench, HOME, OFFICE)
        rule_of = {rule.cidr: rule.id for group in bench.observe().security_groups for rule in group.rules}
        update(bench, former=(HOME, OFFICE), cidrs=(OFFICE,))
        (group,) = bench.observe().security_groups
        assert [rule.id for rule in group.rules] == [rule_of[OFFICE]]

    def test_nobody_is_admitted(self, bench: Bench) -> None:
        self._provision(bench, HOME, SIX)
        update(bench, former=(HOME, SIX), cidrs=())
        assert rules_of(bench.held()) == set()

    def test_fields_that_are_none_stay(self, bench: Bench) -> None:
        bench.provision(_spec(bench, replace(MYSQL, cidr=HOME), public=True))
        before = bench.held()
        update(bench, former=(HOME,))
        assert bench.held() == before

    def test_the_same_again_changes_nothing(self, bench: Bench) -> None:
        self._provision(bench, HOME)
        for _ in range(2):
            update(bench, former=(HOME,), cidrs=(OFFICE,), public=True)
            held = bench.held()
        update(bench, former=(OFFICE,), cidrs=(OFFICE,), public=True)
        assert bench.held() == held

    @pytest.mark.parametrize(
        ("port", "cidr"),
        [
            pytest.param(22, "192.0.2.0/24", id="another-port-and-network"),
            pytest.param(3306, "192.0.2.0/24", id="another-network"),
            pytest.param(22, HOME, id="another-port"),
        ],
    )
    def test_a_rule_that_an_operator_added_stays(self, bench: Bench, port: int, cidr: str) -> None:
        self._provision(bench, HOME)
        network = bench.site.service.network
        network.create_security_group_rule(
            security_group_id=bench.observe().security_groups[0].id,
            direction="ingress",
            ethertype="IPv4",
            protocol="tcp",
            port_range_min=port,
            port_range_max=port,
            remote_ip_prefix=cidr,
        )
        update(bench, former=(HOME,), cidrs=(OFFICE,))
        assert rules_of(bench.held()) == {("tcp", 3306, 3306, OFFICE), ("tcp", port, port, cidr)}
        update(bench, former=(OFFICE,), cidrs=())
        assert rules_of(bench.held()) == {("tcp", port, port, cidr)}

    def test_an_instance_without_a_group_gets_none(self, bench: Bench) -> None:
        bench.provision(bench.example.spec(security_group=None))
        before = bench.held()
        update(bench, former=(HOME,), cidrs=(OFFICE,))
        assert bench.held() == before

    def test_a_floating_ip_is_added_and_removed(self, bench: Bench) -> None:
        self._provision(bench, HOME)
        before = bench.held()
        update(bench, public=True)
        held = bench.held()
        (floating_ip,) = held.floating_ips
        (user_port,) = [port.id for port in held.ports if port.role == "user"]
        assert (floating_ip.port_id, floating_ip.project_id) == (user_port, bench.site.tenant_id)
        assert rules_of(held) == rules_of(before)
        update(bench, public=True)
        assert bench.held().floating_ips == held.floating_ips
        update(bench, public=False)
        assert bench.held() == before

    def test_an_instance_without_a_user_port_gets_no_floating_ip_and_keeps_its_rules(self, bench: Bench) -> None:
        ports = (bench.example.management_port(),)
        bench.provision(bench.example.spec(ports=ports))
        before = bench.held()
        access = AccessSpec(public=True, cidrs=(OFFICE,), former_cidrs=("0.0.0.0/0",))
        run = bench.attempt(bench.manager.update_access(bench.ref, access))
        assert isinstance(run.error, InvalidSpecError)
        assert run.error.field == "access.is_public"
        assert (bench.held(), run.leftovers) == (before, [])

    def test_a_floating_ip_is_removed_again_when_the_rules_are_refused(self, bench: Bench) -> None:
        self._provision(bench)
        before = bench.held()
        nonsense = PortRange(protocol="nonsense", port_min=1, port_max=2)
        access = AccessSpec(public=True, cidrs=(OFFICE,), port_ranges=(nonsense,))
        run = bench.attempt(bench.manager.update_access(bench.ref, access))
        assert run.error is not None
        assert (bench.held(), run.leftovers) == (before, [])

    def test_an_invalid_network_is_refused_before_any_request(self, bench: Bench) -> None:
        with pytest.raises(InvalidSpecError) as refused:
            bench.manager.update_access(bench.ref, AccessSpec(cidrs=("300.0.0.0/8",)))
        assert refused.value.field == "access.allowed_cidrs"

    @staticmethod
    def _provision(bench: Bench, *cidrs: str) -> None:
        bench.provision(_spec(bench, *(replace(MYSQL, cidr=cidr) for cidr in cidrs)))


def update(bench: Bench, *, former: tuple[str, ...] = (), **access: Any) -> Any:
    """Change who may reach the instance; ``former`` are the networks that may do so now."""
    return bench.run(bench.manager.update_access(bench.ref, AccessSpec(former_cidrs=former, **access)))


def _spec(bench: Bench, *rules: RuleSpec, **changes: Any) -> InstanceSpec:
    """Return the spec of an instance with these rules and no volume."""
    return bench.example.spec(security_group=bench.example.security_group(*rules), data_volume=None, **changes)


def rules_of(held: Inventory) -> set[tuple[str | None, int | None, int | None, str | None]]:
    """Return the rules of the instance: protocol, first and last port, network."""
    rules = [rule for group in held.security_groups for rule in group.rules]
    return {(rule.protocol, rule.port_min, rule.port_max, rule.cidr) for rule in rules}


def _but_rules(held: Inventory) -> Inventory:
    return replace(held, security_groups=tuple(replace(group, rules=()) for group in held.security_groups))
