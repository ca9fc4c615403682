"""The documented command for building the wheels builds ours, and nothing else."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from wheels.environments import SECONDS
from wheels.releases import ROOT

COMMAND = re.compile(r"^ *(pip wheel .*)$", re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "docs/install.md"])
def test_the_documented_command_builds_our_wheels(page: str, tmp_path: Path) -> None:
    """Without ``./``, ``heat`` is the package of another project."""
    (command,) = COMMAND.findall((ROOT / page).read_text(encoding="utf-8"))
    _, *arguments = shlex.split(command)
    arguments[arguments.index("dist")] = str(tmp_path)
    ended = subprocess.run(  # noqa: S603 - the command of the page
        [sys.executable, "-m", "pip", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    built = sorted(path.name.partition("-")[0] for path in tmp_path.iterdir())
    assert built == ["trove_resources", "trove_resources_heat"]
