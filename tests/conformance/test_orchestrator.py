"""The orchestrator passes the suites for creating, finding and deleting, on a Heat with our plug-in."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from heat_conformance_kit import OnHeat, clouds_of_heat, heat_cloud, site_of_heat  # noqa: F401 - fixtures

from trove_lab import conformance
from trove_lab.conformance.heat import stacks as heat_stacks
from trove_lab.conformance.stock import StockMade
from trove_resources.clouds import Clouds
from trove_resources.clouds.orchestration import StackRef
from trove_resources.errors import LeftoversError, ResourceFailedError
from trove_resources.native import Native
from trove_resources.settings import Settings
from trove_resources.spec import AccessSpec
from trove_resources_heat import PLUGIN_DIR


@pytest.fixture(scope="module")
def plugin_dirs() -> list[Path]:
    return [PLUGIN_DIR]


class TestProvision(OnHeat, conformance.ProvisionConformance): ...


class TestNetwork(OnHeat, conformance.NetworkConformance):
    requires_router = False


class TestStorage(OnHeat, conformance.StorageConformance): ...


class TestServer(OnHeat, conformance.ServerConformance): ...


class TestTakeOver(OnHeat, conformance.TakeOverConformance): ...


class TestDeletion(OnHeat, conformance.DeletionConformance):
    marks_retained_volumes = False


class TestGroups(OnHeat, conformance.GroupConformance): ...


class TestDns(OnHeat, conformance.DnsConformance): ...


class TestRefusals(OnHeat, conformance.RefusalConformance): ...


class TestResourcesOfOthers(OnHeat):
    """The orchestrator finds an instance only by its stack. Instances without one belong to other managers."""

    def test_instances_of_stock_trove_are_neither_observed_nor_changed(
        self, bench: conformance.Bench, services: Clouds
    ) -> None:
        native = Native(services, Settings())
        StockMade(bench.site, bench.example).everything()
        held = native.observe(bench.example.ref())
        assert bench.observe().is_empty
        bench.delete()
        assert native.observe(bench.example.ref()) == held
        bench.driver.run(native.delete(bench.example.ref()), bench.example.next_task().owner)

    @pytest.fixture
    def namesake(self, bench: conformance.Bench, services: Clouds) -> Iterator[StackRef]:
        """Return another user's stack with the instance's name. It is deleted before the instance."""
        heat, empty = services.orchestration, {"heat_template_version": "2018-08-31"}
        ref = heat.create(bench.example.resource_name(), empty, tags=["somebody"], minutes=1)
        yield ref
        heat.delete(ref)
        while heat.find(ref.name):
            time.sleep(0.1)

    def test_a_stack_of_somebody_else_with_the_same_name_is_not_changed(
        self, bench: conformance.Bench, namesake: StackRef
    ) -> None:
        run = bench.attempt(bench.manager.update_access(bench.ref, AccessSpec(public=False)))
        assert isinstance(run.error, ResourceFailedError)
        assert "not the instance's" in str(run.error)
        with pytest.raises(LeftoversError, match="not the instance's"):
            bench.delete()
        assert heat_stacks(bench.site.service, bench.example.instance_id) == [f"stack {namesake.name} CREATE_COMPLETE"]
