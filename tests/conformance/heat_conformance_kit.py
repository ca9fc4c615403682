"""Fixtures for the orchestrator on minicloud with a real Heat, or on a real cloud.

A module defines the fixture ``plugin_dirs``, which determines whether its Heat has the plug-in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from trove_lab import conformance
from trove_lab.conformance import Site, heat, real
from trove_lab.local.heat_cloud import HeatCloud
from trove_lab.local.heat_conf import Heat
from trove_resources.clouds import Clouds, Orchestration
from trove_resources.clouds.service import Endpoint, Service
from trove_resources.contract import ResourceManager
from trove_resources.orchestrator import Orchestrator
from trove_resources.settings import Settings

DEADLINES = dict.fromkeys(
    (
        *("server_seconds", "volume_seconds", "delete_seconds", "move_seconds"),
        *("revert_seconds", "reboot_seconds", "access_seconds"),
    ),
    100.0,
)
"""The waits take real time, so they must time out before pytest's own limit ends the test."""


class NoPlugIn(Orchestration):
    """A Heat without our plug-in: stacks use Heat's own types."""

    def has_type(self, name: str) -> bool:
        return not name.startswith("Trove::") and super().has_type(name)


@pytest.fixture(scope="module")
def heat_cloud(tmp_path_factory: pytest.TempPathFactory, plugin_dirs: Sequence[Path]) -> Iterator[HeatCloud]:
    """One Heat for all tests of a module, because it takes seconds to start."""
    directory = tmp_path_factory.mktemp("conformance")
    with HeatCloud(directory, Heat(hurry=True, plugin_dirs=plugin_dirs)) as started:
        yield started


@pytest.fixture(scope="module")
def site_of_heat(real_site: Site | None, request: pytest.FixtureRequest) -> Iterator[Site]:
    """Return the cloud under test, which uses the machine's clock."""
    if real_site is not None:
        yield real_site
        return
    site = heat.site_on(request.getfixturevalue("heat_cloud"))
    yield site
    site.service.close()


@pytest.fixture(scope="module")
def clouds_of_heat(
    real_site: Site | None, site_of_heat: Site, plugin_dirs: Sequence[Path], request: pytest.FixtureRequest
) -> Clouds:
    """Return the clients of its services. A real cloud's Heat has the plug-in, whether the tests use it or not."""
    if real_site is None:
        return heat.clouds_of(request.getfixturevalue("heat_cloud"), site_of_heat)
    clouds = real.clouds_of(real_site.service.session, real_site.dns)
    if plugin_dirs:
        return clouds
    endpoint = Endpoint(service_type="orchestration")
    return replace(clouds, orchestration=NoPlugIn(Service(real_site.service.session, endpoint, name="Heat")))


class OnHeat(conformance.Conformance):
    """The orchestrator on the cloud under test."""

    @pytest.fixture
    def site(self, site_of_heat: Site) -> Site:
        return site_of_heat

    @pytest.fixture
    def services(self, clouds_of_heat: Clouds) -> Clouds:
        """Return the clients, for another manager."""
        return clouds_of_heat

    @pytest.fixture
    def manager(self, services: Clouds, site: Site) -> ResourceManager:
        public = site.service.network.find_network("public")
        return Orchestrator(services, Settings(public_network_id=public.id, **DEADLINES))
