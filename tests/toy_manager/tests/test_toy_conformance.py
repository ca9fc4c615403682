"""The manager toy passes the conformance suite for what it supports."""

from collections.abc import Iterator

import pytest

from toy_manager import Toy
from trove_lab import conformance
from trove_lab.cloud.server import CloudServer
from trove_lab.conformance import Bench, GuestStep, Site, minicloud
from trove_resources.contract import ResourceManager, supported
from trove_resources.errors import WrongStateError
from trove_resources.kinds import ResourceKind
from trove_resources.settings import Settings
from trove_resources.spec import FlavorSpec


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


class TestAServerThatAnOperatorMoves(OnMinicloud):
    def test_a_resize_leaves_a_migration_by_an_operator_alone(self, bench: Bench) -> None:
        bench.provision(bench.example.bare_spec())
        nova = bench.site.service.compute
        server = nova.get_server(bench.observe().servers[0].id)
        nova.migrate_server(server)
        nova.wait_for_server(server, status="VERIFY_RESIZE", interval=0.2)
        before, verify = bench.held(), GuestStep("resize_flavor/guest/verify")
        larger = FlavorSpec(id=bench.site.other_flavor_id, name="m1.medium")
        run = bench.attempt(bench.manager.resize_flavor(bench.ref, larger, verify.flow))
        assert isinstance(run.error, WrongStateError)
        assert "migrate" in run.error.fault
        assert bench.held() == before
        assert (run.announced, run.leftovers, verify.seen) == ([], [], [])
