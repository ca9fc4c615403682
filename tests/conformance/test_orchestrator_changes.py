"""The orchestrator passes the suites for changes of an existing instance, on a Heat with our plug-in."""

from pathlib import Path

import pytest
from heat_conformance_kit import OnHeat, clouds_of_heat, heat_cloud, site_of_heat  # noqa: F401 - fixtures

from trove_lab import conformance
from trove_lab.conformance.resize_volume import around, guest_steps
from trove_resources.clouds import Clouds
from trove_resources.orchestrator import Orchestrator
from trove_resources.settings import Settings
from trove_resources_heat import PLUGIN_DIR


@pytest.fixture(scope="module")
def plugin_dirs() -> list[Path]:
    return [PLUGIN_DIR]


class TestResizeFlavor(OnHeat, conformance.ResizeFlavorConformance): ...


class TestResizeVolume(OnHeat, conformance.ResizeVolumeConformance): ...


class TestResizeVolumeWithTheOptionTurnedOff(OnHeat):
    """Heat never detaches a volume to extend it."""

    def test_the_volume_is_extended_while_it_is_attached(self, bench: conformance.Bench, services: Clouds) -> None:
        bench.provision(bench.example.spec())
        manager, guest = Orchestrator(services, Settings(online_volume_resize=False)), guest_steps(bench)
        bench.run(manager.resize_volume(bench.ref, 2, around(guest)))
        assert [(volume.size, volume.status) for volume in bench.observe().volumes] == [(2, "in-use")]
        assert [each.given for each in guest] == [[{"on_line": True}]] * 2


class TestUpdateAccess(OnHeat, conformance.UpdateAccessConformance): ...


class TestReboot(OnHeat, conformance.RebootConformance): ...


class TestRebuild(OnHeat, conformance.RebuildConformance): ...


class TestMigrate(OnHeat, conformance.MigrateConformance): ...
