"""A lab with Heat."""

from collections.abc import Iterator

import pytest
from heat_kit import Stacks, connect

from trove_lab.local.heat_conf import Heat
from trove_lab.local.lab import Lab

PLUGIN = """
from heat.engine import resource

class Example(resource.Resource):
    properties_schema = {}

def resource_mapping():
    return {'Lab::Example': Example}
"""
"""The least that is a plug-in of Heat."""


@pytest.fixture(scope="session")
def heat_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab for all tests: to start it costs seconds."""
    plugins = tmp_path_factory.mktemp("plugins")
    (plugins / "lab_example.py").write_text(PLUGIN)
    with Lab(tmp_path_factory.mktemp("heat-lab"), heat=Heat(hurry=True, plugin_dirs=[plugins])) as started:
        yield started


@pytest.fixture
def stacks(heat_lab: Lab) -> Iterator[Stacks]:
    """Heat on a cloud that behaves, until the test says otherwise, and that is empty again after it."""
    found = connect(heat_lab, "trove")
    yield found
    heat_lab.control.delete("faults")
    for stack in found.client.stacks.list():
        found.delete(stack.id)
    assert found.inventory() == {}
