"""The native manager passes the suite."""

import pytest

from trove_lab import conformance
from trove_lab.conformance import Site, real
from trove_resources.contract import ResourceManager
from trove_resources.native import Native
from trove_resources.settings import Settings


class OnTheCloud(conformance.Conformance):
    """The native manager on the cloud under test."""

    @pytest.fixture
    def site(self, site: Site) -> Site:
        return site

    @pytest.fixture
    def manager(self, site: Site) -> ResourceManager:
        return Native(real.clouds_of(site.service.session, site.dns), Settings())


class TestProvision(OnTheCloud, conformance.ProvisionConformance): ...


class TestNetwork(OnTheCloud, conformance.NetworkConformance): ...


class TestStorage(OnTheCloud, conformance.StorageConformance): ...


class TestServer(OnTheCloud, conformance.ServerConformance): ...


class TestTakeOver(OnTheCloud, conformance.TakeOverConformance): ...


class TestParts(OnTheCloud, conformance.PartsConformance): ...


class TestStockMade(OnTheCloud, conformance.StockMadeConformance): ...


class TestDeletion(OnTheCloud, conformance.DeletionConformance): ...


class TestGroups(OnTheCloud, conformance.GroupConformance): ...


class TestDns(OnTheCloud, conformance.DnsConformance): ...


class TestRefusals(OnTheCloud, conformance.RefusalConformance): ...


class TestResizeFlavor(OnTheCloud, conformance.ResizeFlavorConformance): ...


class TestResizeVolume(OnTheCloud, conformance.ResizeVolumeConformance): ...


class TestResizeDetachedVolume(OnTheCloud, conformance.ResizeDetachedVolumeConformance):
    @pytest.fixture
    def manager(self, site: Site) -> ResourceManager:
        return Native(real.clouds_of(site.service.session, site.dns), Settings(online_volume_resize=False))


class TestUpdateAccess(OnTheCloud, conformance.UpdateAccessConformance): ...


class TestReboot(OnTheCloud, conformance.RebootConformance): ...


class TestRebuild(OnTheCloud, conformance.RebuildConformance):
    @pytest.mark.mini_only("the volumes of the real cloud under test store no data, so no image can be written to them")
    def test_a_server_that_boots_from_a_volume_is_rebuilt_on_the_volume(self, bench: conformance.Bench) -> None:
        super().test_a_server_that_boots_from_a_volume_is_rebuilt_on_the_volume(bench)


class TestMigrate(OnTheCloud, conformance.MigrateConformance): ...
