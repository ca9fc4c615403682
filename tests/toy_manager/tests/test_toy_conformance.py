"""The manager toy passes the conformance suite for what it supports."""

from collections.abc import Iterator

import pytest

from toy_manager import Toy
from trove_lab import conformance
from trove_lab.cloud.server import CloudServer
from trove_lab.conformance import Bench, Site, minicloud
from trove_resources.contract import ResourceManager, supported
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings


@pytest.fixture(scope="module")
def cloud() -> Iterator[CloudServer]:
    with minicloud.started() as server:
        yield server


class OnMinicloud(conformance.Conformance):
    operations = supported(Toy)
    creates = frozenset({ResourceKind.SERVER})

    @pytest.fixture
    def site(self, cloud: CloudServer) -> Site:
        return minicloud.site_on(cloud, minicloud.clock_of(cloud))

    @pytest.fixture
    def manager(self, cloud: CloudServer) -> ResourceManager:
        clouds = minicloud.clouds_of(cloud, minicloud.session_of(cloud))
        return Toy(clouds, Settings(options={"toy_name_prefix": ""}))


class TestProvision(OnMinicloud, conformance.ProvisionConformance): ...


class TestServer(OnMinicloud, conformance.ServerConformance): ...


class TestRefusals(OnMinicloud, conformance.RefusalConformance): ...


class TestUnsupported(OnMinicloud, conformance.UnsupportedConformance): ...


class TestTakeOver(OnMinicloud, conformance.TakeOverConformance): ...


class TestParts(OnMinicloud, conformance.PartsConformance): ...


class TestDeletion(OnMinicloud, conformance.DeletionConformance): ...


class TestResizeFlavor(OnMinicloud, conformance.ResizeFlavorConformance): ...


class TestItsOption(OnMinicloud):
    @pytest.fixture
    def manager(self, cloud: CloudServer) -> ResourceManager:
        clouds = minicloud.clouds_of(cloud, minicloud.session_of(cloud))
        return Toy(clouds, Settings(options={"toy_name_prefix": "db-"}))

    def test_the_names_of_servers_begin_with_the_prefix(self, bench: Bench) -> None:
        spec = bench.example.spec()
        bench.provision(spec)
        assert [server.name for server in bench.observe().servers] == [f"db-{spec.server.name}"]
