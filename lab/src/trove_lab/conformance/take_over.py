"""Running again: nothing is made twice, and what claims to be the same twice is left alone."""

from dataclasses import replace

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_resources.errors import AmbiguousOwnerError
from trove_resources.inventory import Inventory


class TakeOverConformance(Conformance):
    """A flow run twice: after a restart, a lost answer, a second request."""

    def test_the_same_flow_again_makes_nothing(self, bench: Bench) -> None:
        spec = bench.example.spec(public=True)
        first = bench.provision(spec)
        before = bench.observe()
        again = bench.provision(spec)
        assert again.results == first.results
        assert _ids(bench.observe()) == _ids(before)

    def test_another_task_takes_over_what_is_there(self, bench: Bench) -> None:
        first = bench.provision(bench.example.spec())
        before = bench.observe()
        later = bench.example.next_task()
        again = bench.driver.run(bench.manager.provision(later.spec()), later.owner)
        assert again.results == first.results
        assert _ids(bench.observe()) == _ids(before)

    def test_a_missing_part_is_made_and_the_rest_taken_over(self, bench: Bench) -> None:
        spec = bench.example.spec(public=True)
        bench.provision(spec)
        before = self._without_its_server(bench)
        bench.provision(spec)
        after = bench.observe()
        assert [server.status for server in after.servers] == ["ACTIVE"]
        assert _ids(replace(after, servers=())) == _ids(before)

    def test_the_undo_of_a_task_leaves_what_another_task_made(self, bench: Bench) -> None:
        bench.provision(bench.example.spec(public=True))
        before = self._without_its_server(bench)
        later = bench.example.next_task()
        failing = later.spec(public=True, server=later.server(flavor_id=bench.site.huge_flavor_id))
        run = bench.driver.attempt(bench.manager.provision(failing), later.owner)
        assert run.error is not None
        assert not run.leftovers
        assert _ids(bench.observe()) == _ids(before)

    @staticmethod
    def _without_its_server(bench: Bench) -> Inventory:
        """Delete the instance's server behind the manager's back, and return what is left."""
        nova = bench.site.service.compute
        server = nova.get_server(bench.observe().servers[0].id)
        nova.delete_server(server.id)
        nova.wait_for_delete(server, interval=0.2)
        return bench.observe()

    def test_two_that_claim_to_be_the_same_are_refused_and_kept(self, bench: Bench) -> None:
        example, network = bench.example, bench.site.service.network
        twins = [
            network.create_port(
                network_id=bench.site.management_network.id,
                name=example.resource_name(),
                description=f"Management port for trove instance {example.instance_id}",
            ).id
            for _ in range(2)
        ]
        with pytest.raises(AmbiguousOwnerError) as refused:
            bench.provision(example.bare_spec())
        assert sorted(refused.value.resource_ids) == sorted(twins)
        assert sorted(port.id for port in bench.observe().ports) == sorted(twins)
        assert not bench.observe().servers


def _ids(held: Inventory) -> list[str]:
    kinds = (held.servers, held.volumes, held.ports, held.security_groups, held.floating_ips)
    rules = [rule.id for group in held.security_groups for rule in group.rules]
    return sorted([each.id for kind in kinds for each in kind] + rules)
