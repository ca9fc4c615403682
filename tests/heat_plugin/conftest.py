"""Heat with the plug-in, on minicloud or on a real cloud."""

from collections.abc import Iterator, Mapping

import pytest
from heat_plugin_kit import Clouds, MiniHeat
from openstack.connection import Connection


@pytest.fixture(scope="session")
def _mini(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniHeat]:
    """One Heat for all tests, because it takes seconds to start."""
    with MiniHeat(tmp_path_factory.mktemp("heat-plugin")) as started:
        yield started


@pytest.fixture
def mini(_mini: MiniHeat) -> Iterator[MiniHeat]:
    """Minicloud. Its faults are removed after the test."""
    yield _mini
    _mini.control("DELETE", "faults")


@pytest.fixture(scope="session")
def _connected(request: pytest.FixtureRequest, real_cloud: Mapping[str, Connection]) -> Clouds:
    """One set of connections for all tests."""
    if real_cloud:
        return Clouds.connect(real_cloud.__getitem__, "service", "admin")
    return Clouds.connect(request.getfixturevalue("_mini").connection, "trove", "admin")


@pytest.fixture
def clouds(request: pytest.FixtureRequest, _connected: Clouds) -> Iterator[Clouds]:
    """The cloud under test. Stacks that a test creates are deleted after it."""
    if request.config.getoption("--cloud") == "mini":
        request.getfixturevalue("mini")
    yield _connected
    if request.config.getoption("--cloud") == "mini":
        request.getfixturevalue("mini").control("DELETE", "faults")
    for stack_id in tuple(_connected.stacks):
        _connected.delete(stack_id)
