"""A manager gets the tests of the conformance suite that apply to it, and no others."""

from types import SimpleNamespace
from typing import cast

import pytest

from trove_lab import conformance
from trove_lab.conformance import ALL_KINDS, Bench, Conformance
from trove_resources.contract import OPERATIONS, ResourceManager
from trove_resources.kinds import ResourceKind

SUITES = [
    getattr(conformance, name) for name in conformance.__all__ if name.endswith("Conformance") and name != "Conformance"
]


def collected(suite: type[Conformance], base: type[Conformance]) -> set[str]:
    """Return the tests of a suite that pytest collects for a manager."""
    combined = type(f"{suite.__name__}On{base.__name__}", (base, suite), {})
    return {name for name in dir(combined) if name.startswith("test_") and callable(getattr(combined, name))}


class Complete(Conformance): ...


class WithoutVolumes(Conformance):
    creates = ALL_KINDS - {ResourceKind.DATA_VOLUME, ResourceKind.ROOT_VOLUME}


class WithoutChanges(Conformance):
    operations = frozenset({"provision", "delete", "observe"})


@pytest.mark.parametrize("suite", SUITES)
def test_a_complete_manager_gets_every_test(suite: type[Conformance]) -> None:
    assert collected(suite, Complete) == {name for name in dir(suite) if name.startswith("test_")}
    assert suite.not_collected == {}


@pytest.mark.parametrize("name", ["ResizeFlavor", "ResizeVolume", "UpdateAccess", "Reboot", "Rebuild", "Migrate"])
def test_an_unsupported_operation_has_no_tests(name: str) -> None:
    suite = getattr(conformance, f"{name}Conformance")
    assert collected(suite, WithoutChanges) == set()
    combined = type("Combined", (WithoutChanges, suite), {})
    assert {need for needs in combined.not_collected.values() for need in needs} <= set(OPERATIONS)


def test_only_the_tests_that_need_a_resource_the_manager_does_not_create_are_left_out() -> None:
    left_out = collected(conformance.RebuildConformance, Complete) - collected(
        conformance.RebuildConformance, WithoutVolumes
    )
    assert left_out == {"test_a_server_that_boots_from_a_volume_is_rebuilt_on_the_volume"}


def test_the_suite_itself_is_not_changed_by_a_manager_that_supports_less() -> None:
    before = collected(conformance.StorageConformance, Complete)
    assert collected(conformance.StorageConformance, WithoutVolumes) == set()
    assert collected(conformance.StorageConformance, Complete) == before


def test_a_manager_that_supports_more_than_it_declares_fails() -> None:
    class Undeclared(ResourceManager):
        name = "undeclared"

        def provision(self, spec: object) -> None: ...

        def delete(self, instance: object) -> None: ...

        def observe(self, instance: object) -> None: ...

        def reboot(self, instance: object) -> None: ...

    suite = type("Suite", (WithoutChanges, conformance.UnsupportedConformance), {})()
    bench = SimpleNamespace(manager=object.__new__(Undeclared), ref=None)
    with pytest.raises(AssertionError):
        suite.test_the_manager_overrides_the_operations_that_it_supports_and_no_others(cast("Bench", bench))
