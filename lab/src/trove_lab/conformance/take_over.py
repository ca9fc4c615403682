"""Flows that are run twice take over what exists, and create nothing twice."""

from trove_lab.conformance.base import Bench, Conformance
from trove_resources.inventory import Inventory


class TakeOverConformance(Conformance):
    """``provision`` that is run again, as after a restart of the task manager."""

    def test_the_same_flow_again_creates_nothing(self, bench: Bench) -> None:
        spec = bench.example.spec(public=True)
        first = bench.provision(spec)
        before = bench.observe()
        again = bench.provision(spec)
        assert again.results == first.results
        assert ids(bench.observe()) == ids(before)

    def test_another_task_takes_over_what_exists(self, bench: Bench) -> None:
        first = bench.provision(bench.example.spec())
        before = bench.observe()
        later = bench.example.next_task()
        again = bench.driver.run(bench.manager.provision(later.spec()), later.owner)
        assert again.results == first.results
        assert ids(bench.observe()) == ids(before)


def ids(held: Inventory) -> list[str]:
    """Return the ids of everything held, sorted."""
    kinds = (held.servers, held.volumes, held.ports, held.security_groups, held.floating_ips)
    rules = [rule.id for group in held.security_groups for rule in group.rules]
    return sorted([each.id for kind in kinds for each in kind] + rules)
