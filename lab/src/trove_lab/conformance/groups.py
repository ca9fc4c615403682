"""Server groups: an instance and its replicas on the same host, or on different ones."""

from collections.abc import Iterator

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.example import Example
from trove_lab.conformance.needs import needs
from trove_resources.markers import server_group_name


@needs("create_group", "delete_group")
class GroupConformance(Conformance):
    """``create_group`` and ``delete_group``."""

    @pytest.fixture
    def group_id(self, bench: Bench) -> Iterator[str]:
        """Return the id of the instance's group."""
        run = bench.driver.run(bench.manager.create_group(bench.example.ref(), "anti-affinity"), bench.example.owner)
        yield str(run.results["group_id"])
        self._delete_group(bench, bench.example)
        for group in bench.site.service.compute.server_groups():
            if group.name == server_group_name(bench.example.instance_id):
                bench.site.service.compute.delete_server_group(group.id)

    def test_the_group_has_the_policy_and_the_name_of_stock_trove(self, bench: Bench, group_id: str) -> None:
        group = bench.site.service.compute.get("/os-server-groups/" + group_id, microversion="2.64").json()
        assert group["server_group"]["policy"] == "anti-affinity"
        assert group["server_group"]["name"] == f"locality_{bench.example.instance_id}"

    def test_the_group_is_created_once(self, bench: Bench, group_id: str) -> None:
        flow = bench.manager.create_group(bench.example.ref(), "anti-affinity")
        assert bench.driver.run(flow, bench.example.owner).results == {"group_id": group_id}

    def test_the_server_is_a_member(self, bench: Bench, group_id: str) -> None:
        run = bench.provision(bench.example.bare_spec(server=bench.example.server(group_id=group_id)))
        group = bench.site.service.compute.get_server_group(group_id)
        assert group.member_ids == [run.results["server_id"]]

    def test_an_empty_group_is_deleted(self, bench: Bench, group_id: str) -> None:
        self._delete_group(bench, bench.example)
        assert group_id not in _groups(bench)
        self._delete_group(bench, bench.example)

    def test_the_group_is_deleted_with_its_last_member(self, bench: Bench, group_id: str) -> None:
        bench.provision(bench.example.bare_spec(server=bench.example.server(group_id=group_id)))
        self._delete_group(bench, bench.example)
        assert group_id not in _groups(bench)

    def test_the_group_stays_while_it_has_a_replica_and_is_deleted_with_that(self, bench: Bench, group_id: str) -> None:
        replica = bench.another()
        spec = replica.bare_spec(server=replica.server(group_id=group_id))
        bench.driver.run(bench.manager.provision(spec), replica.owner)
        try:
            self._delete_group(bench, bench.example)
            assert group_id in _groups(bench)
            self._delete_group(bench, replica)
            assert group_id not in _groups(bench)
        finally:
            bench.driver.run(bench.manager.delete(replica.ref()), replica.owner)

    def test_another_owners_group_stays(self, bench: Bench, group_id: str) -> None:
        self._delete_group(bench, bench.another())
        assert group_id in _groups(bench)

    @staticmethod
    def _delete_group(bench: Bench, example: Example) -> None:
        bench.driver.run(bench.manager.delete_group(example.ref()), example.owner)


def _groups(bench: Bench) -> set[str]:
    return {str(group.id) for group in bench.site.service.compute.server_groups()}
