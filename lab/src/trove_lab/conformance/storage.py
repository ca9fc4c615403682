"""Volumes of a new instance."""

from collections.abc import Iterator

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.needs import needs
from trove_lab.conformance.site import Site
from trove_resources.kinds import ResourceKind


@needs(ResourceKind.DATA_VOLUME)
class StorageConformance(Conformance):
    """``provision`` with all kinds of volumes."""

    @pytest.fixture
    def snapshot_id(self, site: Site) -> Iterator[str]:
        """Return the id of a snapshot of a volume that is not the instance's."""
        cinder = site.service.block_storage
        volume = cinder.create_volume(size=1, name="conformance-source")
        cinder.wait_for_status(volume, "available", interval=0.2)
        snapshot = cinder.create_snapshot(volume_id=volume.id, name="conformance-source")
        cinder.wait_for_status(snapshot, "available", interval=0.2)
        yield str(snapshot.id)
        cinder.delete_snapshot(snapshot.id)
        cinder.wait_for_delete(snapshot, interval=0.2)
        cinder.delete_volume(volume.id)
        cinder.wait_for_delete(volume, interval=0.2)

    def test_no_volume_is_created_without_one_in_the_spec(self, bench: Bench) -> None:
        run = bench.provision(bench.example.spec(data_volume=None))
        assert not bench.observe().volumes
        assert "volume_id" not in run.results

    def test_a_volume_from_a_snapshot(self, snapshot_id: str, bench: Bench) -> None:
        bench.provision(bench.example.bare_spec(data_volume=bench.example.data_volume(size=2, snapshot_id=snapshot_id)))
        (volume,) = bench.observe().volumes
        shown = bench.site.service.block_storage.get_volume(volume.id)
        assert (shown.size, shown.snapshot_id) == (2, snapshot_id)

    @needs(ResourceKind.ROOT_VOLUME)
    def test_the_server_boots_from_a_root_volume(self, bench: Bench) -> None:
        example = bench.example
        run = bench.provision(example.spec(server=example.server(image_id=None), root_volume=example.root_volume()))
        held = bench.observe()
        of_role = {volume.role: volume for volume in held.volumes}
        assert set(of_role) == {"data", "root"}
        assert {volume.attached_to for volume in held.volumes} == {(held.servers[0].id,)}
        assert run.results["volume_id"] == of_role["data"].id
        root = bench.site.service.block_storage.get_volume(of_role["root"].id)
        assert root.is_bootable
        assert root.description == f"root volume for {example.instance_id}"

    @needs(ResourceKind.ROOT_VOLUME)
    def test_a_root_volume_alone(self, bench: Bench) -> None:
        example = bench.example
        run = bench.provision(
            example.bare_spec(server=example.server(image_id=None), root_volume=example.root_volume())
        )
        assert [volume.role for volume in bench.observe().volumes] == ["root"]
        assert "volume_id" not in run.results

    def test_volumes_are_in_the_requested_zone(self, bench: Bench) -> None:
        zone = bench.site.availability_zone
        bench.provision(bench.example.bare_spec(data_volume=bench.example.data_volume(availability_zone=zone)))
        (volume,) = bench.observe().volumes
        assert bench.site.service.block_storage.get_volume(volume.id).availability_zone == zone
