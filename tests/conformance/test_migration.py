"""The router passes the suite, whichever engine new instances have, and with instances of both.

The engines' own runs have every case of the services that stand behind them. Here is what shows that an operation
reaches the engine of its instance; of those that take Heat longest ``tests/migration`` shows it.
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
    """Return the manager, with what an operator chose for new instances."""
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
    """The operator has not chosen Heat for new instances yet."""

    engine = Native.name

    @pytest.fixture
    def manager(self, services: Clouds, site: Site) -> ResourceManager:
        return router(services, site, Native.name)


class Unnamed(NewNatively):
    """Rows that name no engine, as those that are older than the plug-in."""

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


class TestStockMade(Unnamed, conformance.StockMadeConformance): ...


class TestParts(Unnamed, conformance.PartsConformance): ...


class TestOfBothEngines(NewThroughHeat):
    """One manager, an instance through Heat, and one that was made natively before."""

    @pytest.fixture
    def old(self, bench: Bench, services: Clouds, site: Site) -> Iterator[Example]:
        """Return an instance that another manager made; the one under test deletes it."""
        example = Example(site)
        bench.driver.run(router(services, site, Native.name).provision(example.spec()), example.owner)
        yield example
        task = example.next_task()
        bench.driver.run(bench.manager.delete(example.ref(engine=Native.name)), task.owner)

    def test_it_does_what_there_is(self, bench: Bench) -> None:
        assert supported(type(bench.manager)) == set(OPERATIONS)

    def test_each_is_seen_by_its_own_engine_alone(self, bench: Bench, old: Example) -> None:
        bench.provision(bench.example.spec())
        assert len(heat.stacks(bench.site.service, bench.example.instance_id)) == 1
        assert len(bench.manager.observe(bench.ref).servers) == 1
        assert len(bench.manager.observe(old.ref()).servers) == 1
        assert bench.manager.observe(old.ref(engine=Orchestrator.name)).is_empty

    def test_a_delete_of_one_leaves_the_other(self, bench: Bench, old: Example) -> None:
        bench.provision(bench.example.spec())
        before = bench.manager.observe(old.ref())
        bench.delete()
        assert bench.observe().is_empty
        assert heat.stacks(bench.site.service, bench.example.instance_id) == []
        assert bench.manager.observe(old.ref()) == before

    @pytest.mark.parametrize("engine", [None, Native.name])
    def test_a_row_that_does_not_say_what_a_stack_says_is_refused_whatever_is_asked(
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

    def test_a_row_that_names_heat_of_an_instance_without_a_stack_is_refused(self, bench: Bench, old: Example) -> None:
        before = bench.manager.observe(old.ref())
        run = bench.attempt(bench.manager.reboot(old.ref(engine=Orchestrator.name)))
        assert "not found" in str(run.error)
        assert bench.manager.observe(old.ref()) == before

    def test_an_engine_it_does_not_know_is_refused_at_once(self, bench: Bench) -> None:
        unknown: InstanceRef = bench.example.ref(engine="abacus")
        for ask in (bench.manager.reboot, bench.manager.delete, bench.manager.observe):
            with pytest.raises(WrongEngineError, match="abacus"):
                ask(unknown)
