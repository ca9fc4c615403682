"""The orchestrator on a Heat without our plug-in: what it does with Heat's own types, and what it refuses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from heat_conformance_kit import OnHeat, clouds_of_heat, heat_cloud, site_of_heat  # noqa: F401 - fixtures
from taskflow.flow import Flow

from trove_lab import conformance
from trove_lab.conformance import Bench, GuestStep
from trove_resources.errors import OperationIsNotSupported
from trove_resources.spec import RebuildSpec


@pytest.fixture(scope="module")
def plugin_dirs() -> list[Path]:
    return []


class TestProvision(OnHeat, conformance.ProvisionConformance): ...


class TestStorage(OnHeat, conformance.StorageConformance): ...


class TestTakeOver(OnHeat, conformance.TakeOverConformance): ...


class TestDeletion(OnHeat, conformance.DeletionConformance):
    marks_retained_volumes = False


class TestResizeFlavor(OnHeat, conformance.ResizeFlavorConformance):
    confirms_last = False
    # Nova's reason is in the server's actions, which Heat does not show.
    without_a_host = "Nova refused the resize"


class TestResizeVolume(OnHeat, conformance.ResizeVolumeConformance): ...


def _reboot(bench: Bench) -> Flow:
    return bench.manager.reboot(bench.ref)


def _migrate(bench: Bench) -> Flow:
    return bench.manager.migrate(bench.ref, None, GuestStep("migrate/guest/verify").flow)


def _rebuild(bench: Bench) -> Flow:
    return bench.manager.rebuild(bench.ref, RebuildSpec(image_id=bench.site.image_id, user_data=lambda _nic: ""))


class TestOperationsThatNeedThePlugIn(OnHeat):
    @pytest.mark.parametrize(
        ("operation", "ask"),
        [("reboot", _reboot), ("migrate", _migrate), ("rebuild", _rebuild)],
    )
    def test_it_is_refused_before_and_by_its_flow_and_nothing_changes(
        self, bench: Bench, operation: str, ask: Callable[[Bench], Flow]
    ) -> None:
        bench.provision(bench.example.bare_spec())
        before = bench.held()
        with pytest.raises(OperationIsNotSupported, match=f"plug-in.*{operation}"):
            bench.manager.require_supported(operation, bench.ref)
        with pytest.raises(OperationIsNotSupported, match=f"plug-in.*{operation}"):
            bench.run(ask(bench))
        assert bench.held() == before
