"""An ordinary new instance: its resources, its announcements, the names of the steps."""

import re

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.flows import step_names
from trove_lab.conformance.needs import NETWORK, needs
from trove_resources.kinds import ResourceKind
from trove_resources.markers import security_group_description

STEP = re.compile(r"[a-z_]+/[a-z_]+/[a-z_]+")


class ProvisionConformance(Conformance):
    """``provision`` of an instance with the resources that most instances have."""

    def test_the_server_is_active_and_carries_the_names_tags_and_metadata_of_stock_trove(self, bench: Bench) -> None:
        spec = bench.example.spec()
        bench.provision(spec)
        (server,) = bench.observe().servers
        assert server.status == "ACTIVE"
        assert server.name == spec.server.name
        assert server.metadata == spec.server.metadata
        assert set(server.tags) >= set(spec.server.tags)

    @needs(ResourceKind.DATA_VOLUME)
    def test_the_data_volume_is_attached_and_outlives_the_server(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        held = bench.observe()
        (server,), (volume,) = held.servers, held.volumes
        assert (volume.role, volume.size, volume.status) == ("data", 1, "in-use")
        assert volume.attached_to == (server.id,)
        shown = bench.site.service.compute.get(f"/servers/{server.id}", microversion="2.79").json()["server"]
        assert [each["delete_on_termination"] for each in shown["os-extended-volumes:volumes_attached"]] == [False]

    @needs(*NETWORK)
    def test_both_ports_are_on_the_server_with_the_instances_own_group(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        held = bench.observe()
        (group,) = held.security_groups
        network_of = {port.role: port.network_id for port in held.ports}
        site = bench.site
        assert network_of == {"user": site.user_network.id, "management": site.management_network.id}
        assert [port.security_group_ids for port in held.ports] == [(group.id,)] * 2
        addresses = {address for port in held.ports for _, address in port.addresses}
        assert set(held.servers[0].addresses) == addresses

    @needs(*NETWORK, ResourceKind.DATA_VOLUME)
    def test_names_and_descriptions_begin_with_those_of_stock_trove(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        held, name = bench.observe(), bench.example.resource_name()
        ports = [bench.site.service.network.get_port(port.id) for port in held.ports]
        assert {port.name for port in ports} == {name}
        role_of = {port.id: port.role for port in held.ports}
        for port in ports:
            role = str(role_of[port.id]).capitalize()
            assert port.description.startswith(f"{role} port for trove instance {bench.example.instance_id}")
        volume = bench.site.service.block_storage.get_volume(held.volumes[0].id)
        assert (volume.name, volume.description) == (name, f"datastore volume for {bench.example.instance_id}")
        stock = security_group_description(bench.example.owner).partition(" [")[0]
        assert held.security_groups[0].description.startswith(stock)

    @needs(ResourceKind.DATA_VOLUME)
    def test_created_resources_are_announced_with_their_ids(self, bench: Bench) -> None:
        run = bench.provision(bench.example.spec())
        held = bench.observe()
        results = dict(run.results)
        results.pop("stack_id", None)
        assert results == {"server_id": held.servers[0].id, "volume_id": held.volumes[0].id}

    def test_the_server_is_announced_with_its_id(self, bench: Bench) -> None:
        run = bench.provision(bench.example.bare_spec())
        assert run.results["server_id"] == bench.observe().servers[0].id

    def test_a_failure_is_undone_and_its_announcements_are_cleared(self, bench: Bench) -> None:
        example = bench.example
        spec = example.spec(server=example.server(flavor_id=bench.site.huge_flavor_id))
        run = bench.driver.attempt(bench.manager.provision(spec), example.owner)
        assert run.error is not None
        assert "No valid host" in str(run.error)
        assert not run.leftovers
        assert set(run.results.values()) == {None}
        bench.check_nothing_is_left()

    def test_names_of_steps_are_unique_and_stable(self, bench: Bench) -> None:
        manager, spec = bench.manager, bench.example.spec()
        names, again = (
            step_names(manager.provision(spec)) + step_names(manager.delete(bench.example.ref())) for _ in range(2)
        )
        assert len(set(names)) == len(names)
        assert [name for name in names if not STEP.fullmatch(name)] == []
        assert names == again

    def test_building_a_flow_changes_nothing(self, bench: Bench) -> None:
        bench.manager.provision(bench.example.spec())
        bench.check_nothing_is_left()
