"""Fixtures for Heat with the plug-in, on the emulated cloud or on a real one."""

from collections.abc import Iterator, Mapping

import pytest
from heat_plugin_kit import Clouds, MiniHeat
from openstack.connection import Connection


@pytest.fixture(scope="session")
def _mini(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniHeat]:
    """Start a Heat once per worker: it takes seconds."""
    with MiniHeat(tmp_path_factory.mktemp("heat-plugin")) as started:
        yield started


@pytest.fixture
def mini(_mini: MiniHeat) -> Iterator[MiniHeat]:
    """Return the emulated cloud. Faults that a test adds are removed after it."""
    yield _mini
    _mini.control("DELETE", "faults")


@pytest.fixture(scope="session")
def _connected(request: pytest.FixtureRequest, real_cloud: Mapping[str, Connection]) -> Clouds:
    """Return the connections for all tests."""
    if real_cloud:
        return Clouds.connect(real_cloud.__getitem__, "service", "admin")
    return Clouds.connect(request.getfixturevalue("_mini").connection, "trove", "admin")


@pytest.fixture
def clouds(request: pytest.FixtureRequest, _connected: Clouds) -> Iterator[Clouds]:
    """Return the cloud under test. The stacks of a test are deleted after it."""
    if request.config.getoption("--cloud") == "mini":
        request.getfixturevalue("mini")
    yield _connected
    if request.config.getoption("--cloud") == "mini":
        request.getfixturevalue("mini").control("DELETE", "faults")
    for stack_id in tuple(_connected.stacks):
        _connected.delete(stack_id)
