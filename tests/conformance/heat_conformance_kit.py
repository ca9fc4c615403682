"""The orchestrator on minicloud, with a real Heat between them: fixtures of a module, and what its suites stand on.

A module defines the fixture ``plugin_dirs``, which decides about its Heat.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from trove_lab import conformance
from trove_lab.conformance import Site, heat
from trove_lab.local.heat_cloud import HeatCloud
from trove_lab.local.heat_conf import Heat
from trove_resources.clouds import Clouds
from trove_resources.contract import ResourceManager
from trove_resources.orchestrator import Orchestrator
from trove_resources.settings import Settings

DEADLINES = {
    "server_seconds": 60.0,
    "volume_seconds": 60.0,
    "delete_seconds": 60.0,
    "move_seconds": 60.0,
    "revert_seconds": 60.0,
    "reboot_seconds": 60.0,
    "access_seconds": 60.0,
}
"""Real time passes: what hangs is to fail before its test is ended from outside."""


@pytest.fixture(scope="module")
def heat_cloud(tmp_path_factory: pytest.TempPathFactory, plugin_dirs: Sequence[Path]) -> Iterator[HeatCloud]:
    """One Heat for all tests of a module: to start it costs seconds."""
    directory = tmp_path_factory.mktemp("conformance")
    with HeatCloud(directory, Heat(hurry=True, plugin_dirs=plugin_dirs)) as started:
        yield started


@pytest.fixture(scope="module")
def site_of_heat(heat_cloud: HeatCloud) -> Iterator[Site]:
    """Return the cloud, with the machine's clock."""
    site = heat.site_on(heat_cloud)
    yield site
    site.service.close()


@pytest.fixture(scope="module")
def clouds_of_heat(heat_cloud: HeatCloud, site_of_heat: Site) -> Clouds:
    """Return its services."""
    return heat.clouds_of(heat_cloud, site_of_heat)


class OnHeat(conformance.Conformance):
    """The orchestrator on that cloud."""

    @pytest.fixture
    def site(self, site_of_heat: Site) -> Site:
        return site_of_heat

    @pytest.fixture
    def services(self, clouds_of_heat: Clouds) -> Clouds:
        """Return the services, for another manager."""
        return clouds_of_heat

    @pytest.fixture
    def manager(self, services: Clouds, site: Site) -> ResourceManager:
        public = site.service.network.find_network("public")
        return Orchestrator(services, Settings(public_network_id=public.id, **DEADLINES))
