"""The wheel of the Heat plug-in with each release of Heat, and that release's constraints."""

from pathlib import Path

import pytest

from wheels.environments import Environment, Open, Wheels
from wheels.releases import RELEASES, Release

USED = Path(__file__).with_name("used_of.py")
CLASSES = (
    "heat.engine.resources.openstack.nova.server:Server",
    "heat.engine.resources.openstack.cinder.volume:CinderVolume",
    "heat.engine.clients.os.nova:NovaClientPlugin",
)
LOADED = """
import json
from heat.common import config
from heat.engine import resources
from oslo_config import cfg
from trove_resources_heat import PLUGIN_DIR
cfg.CONF([], project="heat", default_config_files=[], default_config_dirs=[])
cfg.CONF.set_override("plugin_dirs", [PLUGIN_DIR])
resources.initialise()
environment = resources.global_env()
names = ("Trove::Nova::Server", "Trove::Cinder::Volume")
print(json.dumps({name: environment.get_class(name).__module__ for name in names}))
"""


@pytest.fixture(scope="module", params=RELEASES, ids=lambda release: f"heat-{release.heat}")
def release(request: pytest.FixtureRequest) -> Release:
    given: Release = request.param
    return given


@pytest.fixture(scope="module")
def heat(release: Release, environment: Open, wheels: Wheels) -> Environment:
    """A release of Heat with our wheel only."""
    return environment(release, f"openstack-heat=={release.heat}", wheels.heat)


@pytest.fixture(scope="module")
def expected(environment: Open, wheels: Wheels) -> object:
    """What the plug-in uses of the release that it is written for."""
    newest = environment(RELEASES[-1], f"openstack-heat=={RELEASES[-1].heat}", wheels.heat)
    return newest.json_of(USED, "trove_resources_heat", "heat", *CLASSES)


def test_the_wheel_installs_no_other_packages(heat: Environment) -> None:
    assert heat.conflicts() == ""
    ours = {name for name in heat.versions() if name.startswith("trove")}
    assert ours == {"trove-resources-heat"}


def test_the_wheel_prints_its_directory_for_plugin_dirs(heat: Environment) -> None:
    folder = Path(heat.run("python", "-m", "trove_resources_heat").stdout.strip())
    assert heat.folder in folder.parents
    assert (folder / "trove_resources.py").is_file()


def test_heat_finds_our_types_in_the_directory(heat: Environment, tmp_path: Path) -> None:
    program = tmp_path / "loaded.py"
    program.write_text(LOADED)
    assert heat.json_of(program) == {
        "Trove::Nova::Server": "trove_resources_heat.server",
        "Trove::Cinder::Volume": "trove_resources_heat.volume",
    }


def test_what_the_plug_in_uses_of_heat_is_the_same_in_every_release(heat: Environment, expected: object) -> None:
    theirs = heat.json_of(USED, "trove_resources_heat", "heat", *CLASSES)
    assert theirs == expected
    assert "TroveServer.handle_update" in theirs["overridden"]
