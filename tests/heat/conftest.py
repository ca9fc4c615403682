"""A lab with Heat, or the Heat of a real cloud."""

from collections.abc import Iterator, Mapping

import pytest
from heat_kit import Stacks, connect, connect_real
from openstack.connection import Connection

from trove_lab.local.control import Control
from trove_lab.local.heat_conf import Heat
from trove_lab.local.lab import Lab

PLUGIN = """
from heat.engine import resource

class Example(resource.Resource):
    properties_schema = {}

def resource_mapping():
    return {'Lab::Example': Example}
"""
"""A minimal plug-in of Heat."""


@pytest.fixture(scope="session")
def heat_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return one lab for all tests. Starting it takes seconds."""
    plugins = tmp_path_factory.mktemp("plugins")
    (plugins / "lab_example.py").write_text(PLUGIN)
    with Lab(tmp_path_factory.mktemp("heat-lab"), heat=Heat(hurry=True, plugin_dirs=[plugins])) as started:
        yield started


@pytest.fixture
def stacks(real_cloud: Mapping[str, Connection], request: pytest.FixtureRequest) -> Iterator[Stacks]:
    """Return Heat on a cloud without faults; after the test, nothing of its stacks must be left."""
    if real_cloud:
        found: Stacks = connect_real(real_cloud, "service")
        yield found
    else:
        lab: Lab = request.getfixturevalue("heat_lab")
        found = connect(lab, "trove")
        yield found
        lab.control.delete("faults")
    found.delete_all()
    assert found.inventory() == {}


@pytest.fixture
def control(heat_lab: Lab, stacks: Stacks) -> Control:
    """Return the control API of the lab's cloud. Faults end with the test."""
    del stacks
    return heat_lab.control
