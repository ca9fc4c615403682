"""How heat-engine loads the plug-in, and how a client finds out that it is loaded."""

import subprocess
import sys
from pathlib import Path

from heat_plugin_kit import Clouds

from trove_resources_heat import __version__


def test_the_command_prints_the_folder_for_plugin_dirs(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "trove_resources_heat"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert {each.name for each in Path(ended.stdout.strip()).glob("*.py")} == {"__init__.py", "trove_resources.py"}


def test_the_package_is_imported_without_heat(tmp_path: Path) -> None:
    program = "import sys, trove_resources_heat; sys.exit('heat' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)  # noqa: S603 - our own module


def test_a_client_sees_the_types_and_the_version_before_it_creates_a_stack(clouds: Clouds) -> None:
    rows = {row.resource_type for row in clouds.heat.resource_types.list(filters={"name": "Trove"})}
    assert {"Trove::Nova::Server", "Trove::Cinder::Volume"} <= rows
    for kind in ("Trove::Nova::Server", "Trove::Cinder::Volume"):
        assert clouds.heat.resource_types.get(kind)["support_status"]["version"] == __version__


def test_a_stack_reports_the_version_of_the_plug_in_that_serves_it(clouds: Clouds) -> None:
    assert clouds.create("version").attribute("plugin_version") == __version__
