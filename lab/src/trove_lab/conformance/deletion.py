"""Delete an instance in every state, as often as it is requested."""

import time
from collections.abc import Iterator

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.needs import needs
from trove_resources.kinds import ResourceKind
from trove_resources.markers import RETAINED_KEY


class DeletionConformance(Conformance):
    """``delete``. ``marks_retained_volumes``: whether the metadata of a retained volume names its snapshots."""

    marks_retained_volumes = True

    def test_all_resources_are_deleted(self, bench: Bench) -> None:
        example = bench.example
        bench.provision(
            example.spec(public=True, server=example.server(image_id=None), root_volume=example.root_volume())
        )
        bench.delete()
        bench.check_nothing_is_left()

    def test_there_is_nothing_to_delete(self, bench: Bench) -> None:
        bench.delete()
        bench.check_nothing_is_left()

    def test_resources_in_the_row_may_be_deleted_already(self, bench: Bench) -> None:
        nobody = "00000000-0000-0000-0000-000000000000"
        bench.delete(server_id=nobody, volume_id=nobody)

    def test_deleting_twice_succeeds(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        bench.delete()
        bench.delete()
        bench.check_nothing_is_left()

    def test_a_server_in_error_is_deleted(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        bench.site.service.compute.reset_server_state(bench.observe().servers[0].id, "error")
        assert [server.status for server in bench.observe().servers] == ["ERROR"]
        bench.delete()
        bench.check_nothing_is_left()

    @pytest.fixture
    def snapshots(self, bench: Bench) -> Iterator[list[str]]:
        """Return a list for the ids of snapshots. They are deleted before the instance is."""
        ids: list[str] = []
        yield ids
        for snapshot_id in ids:
            _delete_snapshot(bench, snapshot_id)

    @needs(ResourceKind.DATA_VOLUME)
    def test_a_data_volume_with_snapshots_is_retained_until_the_last_is_deleted(
        self, bench: Bench, snapshots: list[str]
    ) -> None:
        run = bench.provision(bench.example.spec())
        cinder = bench.site.service.block_storage
        snapshot = cinder.create_snapshot(volume_id=run.results["volume_id"], name="kept-backup", is_forced=True)
        snapshots.append(snapshot.id)
        cinder.wait_for_status(snapshot, "available", interval=0.2)
        bench.delete()
        held = bench.observe()
        assert [volume.id for volume in held.volumes] == [run.results["volume_id"]]
        assert (snapshot.id in held.volumes[0].metadata.get(RETAINED_KEY, "")) is self.marks_retained_volumes
        assert (held.servers, held.ports, held.security_groups) == ((), (), ())
        bench.delete()
        assert len(bench.observe().volumes) == 1
        _delete_snapshot(bench, snapshots.pop())
        bench.delete()
        bench.check_nothing_is_left()


def _delete_snapshot(bench: Bench, snapshot_id: str) -> None:
    cinder = bench.site.service.block_storage
    cinder.delete_snapshot(snapshot_id)
    while cinder.find_snapshot(snapshot_id, ignore_missing=True):
        time.sleep(0.1)
