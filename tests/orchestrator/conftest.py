"""Fixtures of the orchestrator's tests: one cloud with one Heat per worker."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from orchestrator_kit import HIDDEN, HeatBench, StockHeat, clear

from trove_lab.conformance import Site, heat, minicloud
from trove_lab.local.heat_cloud import HeatCloud
from trove_lab.local.heat_conf import Heat
from trove_resources.clouds import Clouds
from trove_resources.clouds.service import Endpoint, Service
from trove_resources_heat import PLUGIN_DIR


@pytest.fixture(scope="session")
def heat_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeatCloud]:
    """Start a Heat once per worker: it takes seconds."""
    conf = Heat(hurry=True, plugin_dirs=[PLUGIN_DIR], options={"DEFAULT": {"hidden_stack_tags": HIDDEN}})
    with HeatCloud(tmp_path_factory.mktemp("orchestrator"), conf) as started:
        yield started


@pytest.fixture(scope="session")
def site(heat_cloud: HeatCloud) -> Iterator[Site]:
    """Return the cloud as Trove's service user sees it."""
    site = heat.site_on(heat_cloud)
    yield site
    site.service.close()


@pytest.fixture(scope="session")
def clouds(heat_cloud: HeatCloud, site: Site) -> Clouds:
    """Return the clients of the cloud."""
    return heat.clouds_of(heat_cloud, site)


@pytest.fixture
def bench(heat_cloud: HeatCloud, site: Site, clouds: Clouds) -> Iterator[HeatBench]:
    """Return an instance that is not provisioned. It is deleted after the test, and nothing must be left."""
    bench = HeatBench(heat_cloud, site, clouds)
    try:
        yield bench
    finally:
        clear(bench)


@pytest.fixture
def stock(bench: HeatBench) -> HeatBench:
    """Return an instance whose stack is created with Heat's own types."""
    session = minicloud.session_of(bench.heat_cloud)
    heat = StockHeat(Service(session, Endpoint(service_type="orchestration"), name="Heat"))
    bench.clouds = replace(bench.clouds, orchestration=heat)
    return bench


class Shared:
    """An instance that many tests share. A test that leaves it changed causes a new one."""

    def __init__(self, heat_cloud: HeatCloud, site: Site, clouds: Clouds) -> None:
        self._made = lambda: HeatBench(heat_cloud, site, clouds)
        self.bench: HeatBench | None = None

    def take(self) -> HeatBench:
        """Return the instance, and provision it first if there is none."""
        if self.bench is None:
            self.bench = self._made()
            run = self.bench.provision()
            assert run.error is None, run.error
        return self.bench

    def drop(self) -> None:
        """Delete it, and check that nothing is left."""
        bench, self.bench = self.bench, None
        if bench is not None:
            clear(bench)


@pytest.fixture(scope="session")
def _shared(heat_cloud: HeatCloud, site: Site, clouds: Clouds) -> Iterator[Shared]:
    shared = Shared(heat_cloud, site, clouds)
    yield shared
    shared.drop()


@pytest.fixture
def instance(_shared: Shared) -> Iterator[HeatBench]:
    """Return a provisioned instance with one resource of each kind. Its flavor, size and host may vary."""
    bench = _shared.take()
    before, settings = bench.shape(), bench.settings
    yield bench
    bench.heal()
    bench.settings = settings
    stack = bench.stack
    if stack is None or stack.status != "COMPLETE" or bench.shape() != before:
        _shared.drop()
