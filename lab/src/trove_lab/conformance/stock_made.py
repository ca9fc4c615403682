"""Instances that stock Trove created: a manager that finds resources by owner marker works on them as on its own."""

import pytest

from trove_lab.conformance.base import Bench, Conformance
from trove_lab.conformance.needs import ALL_KINDS, needs
from trove_lab.conformance.resize_flavor import flavor_of, verify_step
from trove_lab.conformance.stock import StockMade
from trove_lab.conformance.update_access import HOME, OFFICE, rules_of, update


@needs(*ALL_KINDS, "resize_volume", "update_access")
class StockMadeConformance(Conformance):
    """``delete``, ``resize_flavor``, ``resize_volume`` and ``update_access`` of instances that stock Trove created."""

    @pytest.fixture
    def stock(self, bench: Bench) -> StockMade:
        """Return what creates resources as stock Trove does."""
        return StockMade(bench.site, bench.example)

    def test_the_instance_is_deleted(self, bench: Bench, stock: StockMade) -> None:
        stock.everything()
        held = bench.observe()
        assert (len(held.servers), len(held.volumes), len(held.ports)) == (1, 1, 2)
        assert (len(held.security_groups), len(held.floating_ips)) == (1, 1)
        bench.delete()
        bench.check_nothing_is_left()

    def test_a_server_without_tags_is_found_by_the_row(self, bench: Bench, stock: StockMade) -> None:
        server_id = stock.server([stock.port("management")], None, tags=[])
        assert not bench.observe().servers
        bench.delete(server_id=server_id)
        assert bench.site.service.compute.get(f"/servers/{server_id}").status_code == 404  # noqa: PLR2004 - Not Found

    def test_resources_without_a_server_are_deleted(self, bench: Bench, stock: StockMade) -> None:
        stock.volume()
        stock.port("user")
        stock.security_group()
        bench.delete()
        bench.check_nothing_is_left()

    def test_a_volume_in_error_deleting_is_deleted(self, bench: Bench, stock: StockMade) -> None:
        volume_id = stock.volume()
        bench.site.service.block_storage.reset_volume_status(volume_id, "error_deleting", "detached", None)
        bench.delete()
        bench.check_nothing_is_left()

    def test_the_instance_is_resized(self, bench: Bench, stock: StockMade) -> None:
        stock.everything()
        larger = flavor_of(bench, bench.site.other_flavor_id)
        (server,) = bench.observe().servers
        instance = bench.example.ref(server_id=server.id)
        bench.run(bench.manager.resize_flavor(instance, larger, verify_step(bench).flow))
        assert [(each.id, each.flavor) for each in bench.observe().servers] == [(server.id, larger.name)]

    def test_rules_of_stock_trove_are_removed(self, bench: Bench, stock: StockMade) -> None:
        stock.security_group()
        update(bench, former=("0.0.0.0/0",), cidrs=(OFFICE,))
        assert rules_of(bench.held()) == {("tcp", 3306, 3306, OFFICE)}
        update(bench, former=(OFFICE,), cidrs=(HOME, OFFICE))
        assert rules_of(bench.held()) == {("tcp", 3306, 3306, OFFICE), ("tcp", 3306, 3306, HOME)}

    def test_its_floating_ip_is_removed(self, bench: Bench, stock: StockMade) -> None:
        stock.floating_ip(stock.port("user"))
        assert len(bench.observe().floating_ips) == 1
        update(bench, public=False)
        assert bench.observe().floating_ips == ()
