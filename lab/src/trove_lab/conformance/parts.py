"""Instances with resources that are missing, or exist twice.

A manager that finds each resource by itself creates what is missing, and refuses what is ambiguous.
"""

from dataclasses import replace

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.needs import needs
from trove_lab.conformance.resize_volume import around, but_size, guest_steps
from trove_lab.conformance.take_over import ids
from trove_resources.errors import AmbiguousOwnerError
from trove_resources.inventory import Inventory
from trove_resources.kinds import ResourceKind


class PartsConformance(Conformance):
    """``provision`` and ``resize_volume`` of incomplete instances."""

    def test_a_missing_resource_is_created_and_the_others_are_taken_over(self, bench: Bench) -> None:
        spec = bench.example.spec(public=True)
        bench.provision(spec)
        before = self._without_its_server(bench)
        bench.provision(spec)
        after = bench.observe()
        assert [server.status for server in after.servers] == ["ACTIVE"]
        assert ids(replace(after, servers=())) == ids(before)

    def test_the_undo_of_a_task_leaves_what_another_task_created(self, bench: Bench) -> None:
        bench.provision(bench.example.spec(public=True))
        before = self._without_its_server(bench)
        later = bench.example.next_task()
        failing = later.spec(public=True, server=later.server(flavor_id=bench.site.huge_flavor_id))
        run = bench.driver.attempt(bench.manager.provision(failing), later.owner)
        assert run.error is not None
        assert not run.leftovers
        assert ids(bench.observe()) == ids(before)

    @needs(ResourceKind.MANAGEMENT_PORT)
    def test_two_resources_with_the_same_marker_are_refused_and_left(self, bench: Bench) -> None:
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

    @needs("resize_volume", ResourceKind.DATA_VOLUME)
    def test_a_volume_that_an_earlier_task_left_detached_is_attached_again(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        before, guest = bench.held(), guest_steps(bench)
        (server,), (volume,) = before.servers, before.volumes
        bench.site.service.compute.delete(f"/servers/{server.id}/os-volume_attachments/{volume.id}")
        cinder = bench.site.service.block_storage
        cinder.wait_for_status(cinder.get_volume(volume.id), "available", interval=0.2)
        run = bench.run(bench.manager.resize_volume(bench.ref, 2, around(guest)))
        assert run.results == {"volume_size": "2"}
        assert but_size(bench.held().volumes) == but_size(before.volumes)
        assert [each.given for each in guest] == [[{"on_line": False}]] * 2

    @staticmethod
    def _without_its_server(bench: Bench) -> Inventory:
        """Delete the server without the manager, and return what is left of the instance."""
        nova = bench.site.service.compute
        server = nova.get_server(bench.observe().servers[0].id)
        nova.delete_server(server.id)
        nova.wait_for_delete(server, interval=0.2)
        return bench.observe()
