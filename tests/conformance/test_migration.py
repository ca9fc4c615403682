"""The router passes the suite with either engine for new instances, and with instances of both engines.

Each engine's own run covers all cases of its services. These tests show that an operation reaches the engine of its
instance. For operations that take long with Heat, ``tests/migration`` shows it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from heat_conformance_kit import (  # noqa: F401 - fixtures
    DEADLINES,
    OnHeat,
    clouds_of_heat,
    heat_cloud,
    site_of_heat,
)

from trove_lab import conformance
from trove_lab.conformance import Bench, Example, Site, heat
from trove_resources.clouds import Clouds
from trove_resources.contract import OPERATIONS, ResourceManager, supported
from trove_resources.errors import ResourceFailedError, WrongEngineError
from trove_resources.inventory import InstanceRef
from trove_resources.migration import Migration
from trove_resources.native import Native
from trove_resources.orchestrator import Orchestrator
from trove_resources.settings import Settings
from trove_resources_heat import PLUGIN_DIR


@pytest.fixture(scope="module")
def plugin_dirs() -> list[Path]:
    return [PLUGIN_DIR]


def router(services: Clouds, site: Site, new_instances: str) -> Migration:
    """Return the manager, configured with an engine for new instances."""
    public = site.service.network.find_network("public")
    return Migration(
        services, Settings(public_network_id=public.id, options={"new_instances": new_instances}, **DEADLINES)
    )


class NewThroughHeat(OnHeat):
    engine = Orchestrator.name

    @pytest.fixture
    def manager(self, services: Clouds, site: Site) -> ResourceManager:
        return router(services, site, Orchestrator.name)


class NewNatively(OnHeat):
    """New instances are native."""

    engine = Native.name

    @pytest.fixture
    def manager(self, services: Clouds, site: Site) -> ResourceManager:
        return router(services, site, Native.name)


class WithoutAnEngine(NewNatively):
    """New instances are native, and their rows name no engine, like those from before the plug-in was installed."""

    engine = None


class TestHeatDeletion(NewThroughHeat, conformance.DeletionConformance):
    marks_retained_volumes = False


class TestHeatGroups(NewThroughHeat, conformance.GroupConformance): ...


class TestHeatDns(NewThroughHeat, conformance.DnsConformance): ...


class TestHeatRefusals(NewThroughHeat, conformance.RefusalConformance): ...


class TestHeatReboot(NewThroughHeat, conformance.RebootConformance): ...


class TestHeatRebuild(NewThroughHeat, conformance.RebuildConformance): ...


class TestHeatMigrate(NewThroughHeat, conformance.MigrateConformance): ...


class TestNativeGroups(NewNatively, conformance.GroupConformance): ...


class TestNativeDns(NewNatively, conformance.DnsConformance): ...


class TestNativeRefusals(NewNatively, conformance.RefusalConformance): ...


class TestNativeUpdateAccess(NewNatively, conformance.UpdateAccessConformance): ...


class TestNativeReboot(NewNatively, conformance.RebootConformance): ...


class TestNativeRebuild(NewNatively, conformance.RebuildConformance): ...


class TestNativeMigrate(NewNatively, conformance.MigrateConformance): ...


class TestStockMade(WithoutAnEngine, conformance.StockMadeConformance): ...


class TestParts(WithoutAnEngine, conformance.PartsConformance): ...


class TestOfBothEngines(NewThroughHeat):
    """One manager, with an instance of Heat and an older, native one."""

    @pytest.fixture
    def old(self, bench: Bench, services: Clouds, site: Site) -> Iterator[Example]:
        """Return an instance that another manager provisioned. The manager under test deletes it."""
        example = Example(site)
        bench.driver.run(router(services, site, Native.name).provision(example.spec()), example.owner)
        yield example
        task = example.next_task()
        bench.driver.run(bench.manager.delete(example.ref(engine=Native.name)), task.owner)

    def test_it_supports_every_operation(self, bench: Bench) -> None:
        assert supported(type(bench.manager)) == set(OPERATIONS)

    def test_each_instance_is_observed_by_its_own_engine_only(self, bench: Bench, old: Example) -> None:
        bench.provision(bench.example.spec())
        assert len(heat.stacks(bench.site.service, bench.example.instance_id)) == 1
        assert len(bench.manager.observe(bench.ref).servers) == 1
        assert len(bench.manager.observe(old.ref()).servers) == 1
        assert bench.manager.observe(old.ref(engine=Orchestrator.name)).is_empty

    def test_the_delete_of_one_instance_leaves_the_other(self, bench: Bench, old: Example) -> None:
        bench.provision(bench.example.spec())
        before = bench.manager.observe(old.ref())
        bench.delete()
        assert bench.observe().is_empty
        assert heat.stacks(bench.site.service, bench.example.instance_id) == []
        assert bench.manager.observe(old.ref()) == before

    @pytest.mark.parametrize("engine", [None, Native.name])
    def test_every_operation_is_refused_if_row_and_stack_contradict_each_other(
        self, bench: Bench, engine: str | None
    ) -> None:
        bench.provision(bench.example.spec())
        before = bench.held()
        wrong = bench.example.ref(engine=engine)
        for flow in (bench.manager.reboot(wrong), bench.manager.delete(wrong)):
            run = bench.attempt(flow)
            assert isinstance(run.error, ResourceFailedError)
            assert "One of them is wrong" in str(run.error)
        assert bench.held() == before

    def test_an_operation_is_refused_if_the_row_names_heat_and_there_is_no_stack(
        self, bench: Bench, old: Example
    ) -> None:
        before = bench.manager.observe(old.ref())
        run = bench.attempt(bench.manager.reboot(old.ref(engine=Orchestrator.name)))
        assert "not found" in str(run.error)
        assert bench.manager.observe(old.ref()) == before

    def test_an_unknown_engine_is_refused_before_a_flow_is_built(self, bench: Bench) -> None:
        unknown: InstanceRef = bench.example.ref(engine="abacus")
        for ask in (bench.manager.reboot, bench.manager.delete, bench.manager.observe):
            with pytest.raises(WrongEngineError, match="abacus"):
                ask(unknown)
