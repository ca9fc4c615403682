"""Deleting: whoever made it, in whatever state it is, and as often as it is asked for."""

import time
from collections.abc import Iterator

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.stock import StockMade

KEPT = "trove_resources_kept"
"""The metadata of a data volume that outlives its instance."""


class DeletionConformance(Conformance):
    """``delete``."""

    @pytest.fixture
    def stock(self, bench: Bench) -> StockMade:
        """Return what makes resources as stock Trove does."""
        return StockMade(bench.site, bench.example)

    def test_everything_goes(self, bench: Bench) -> None:
        example = bench.example
        bench.provision(
            example.spec(public=True, server=example.server(image_id=None), root_volume=example.root_volume())
        )
        bench.delete()
        bench.check_nothing_is_left()

    def test_there_is_nothing_to_delete(self, bench: Bench) -> None:
        bench.delete()
        bench.check_nothing_is_left()

    def test_what_the_row_knows_may_be_gone_already(self, bench: Bench) -> None:
        nobody = "00000000-0000-0000-0000-000000000000"
        bench.delete(server_id=nobody, volume_id=nobody)

    def test_deleting_twice_is_no_error(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        bench.delete()
        bench.delete()
        bench.check_nothing_is_left()

    def test_a_server_in_error_goes(self, bench: Bench) -> None:
        bench.provision(bench.example.spec())
        bench.site.service.compute.reset_server_state(bench.observe().servers[0].id, "error")
        assert [server.status for server in bench.observe().servers] == ["ERROR"]
        bench.delete()
        bench.check_nothing_is_left()

    def test_what_stock_trove_made_goes(self, bench: Bench, stock: StockMade) -> None:
        stock.everything()
        held = bench.observe()
        assert (len(held.servers), len(held.volumes), len(held.ports)) == (1, 1, 2)
        assert (len(held.security_groups), len(held.floating_ips)) == (1, 1)
        bench.delete()
        bench.check_nothing_is_left()

    def test_a_server_without_tags_is_known_by_the_row(self, bench: Bench, stock: StockMade) -> None:
        server_id = stock.server([stock.port("management")], None, tags=[])
        assert not bench.observe().servers
        bench.delete(server_id=server_id)
        assert bench.site.service.compute.get(f"/servers/{server_id}").status_code == 404  # noqa: PLR2004 - Not Found

    def test_parts_without_a_server_go(self, bench: Bench, stock: StockMade) -> None:
        stock.volume()
        stock.port("user")
        stock.security_group()
        bench.delete()
        bench.check_nothing_is_left()

    def test_a_volume_cinder_could_not_delete_once_goes_now(self, bench: Bench, stock: StockMade) -> None:
        volume_id = stock.volume()
        bench.site.service.block_storage.reset_volume_status(volume_id, "error_deleting", "detached", None)
        bench.delete()
        bench.check_nothing_is_left()

    @pytest.fixture
    def snapshots(self, bench: Bench) -> Iterator[list[str]]:
        """Collect ids of snapshots, which go before the instance."""
        ids: list[str] = []
        yield ids
        for snapshot_id in ids:
            _delete_snapshot(bench, snapshot_id)

    def test_a_data_volume_with_snapshots_is_kept_and_goes_after_the_last(
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
        assert snapshot.id in held.volumes[0].metadata[KEPT]
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
