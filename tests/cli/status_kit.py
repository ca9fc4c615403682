"""``trove-resources-status upgrade check`` in this process, and what it says."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from trove_lab.local import heat_conf
from trove_lab.local.heat_cloud import HeatCloud
from trove_lab.local.heat_conf import Heat
from trove_resources.cli.status.main import main

COMMAND = Path(sys.executable).parent / "trove-resources-status"
SUCCESS, WARNING, FAILURE = 0, 1, 2
"""What a check ends with, and the command with the worst. Source: oslo.upgradecheck's ``Code``."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How all checks ended."""

    code: int
    codes: dict[str, int]
    details: dict[str, str]
    skipped: frozenset[str]
    """The checks that do not apply."""

    def said(self, check: str) -> str:
        """Return what a check says."""
        return self.details[check]


@dataclass(frozen=True, slots=True)
class Status:
    """The command. To call it is to make the checks with options, such as which file to read."""

    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> int:
        """Run it, and return its exit code; what it says is left for ``capsys``."""
        return main(arguments)

    def __call__(self, *options: str) -> Checked:
        code = self.run(*options, "upgrade", "check", "--json")
        said = self.capsys.readouterr()
        assert said.err == ""
        rows = json.loads(said.out)["checks"]
        codes, details = ({row["check"]: row[of] for row in rows} for of in ("result", "details"))
        assert code == max(codes.values())
        return Checked(code, codes, details, frozenset(row["check"] for row in rows if row["skipped"]))


@pytest.fixture
def status(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Status:
    """Run the command; it finds no configuration of this machine."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return Status(capsys)


Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return what runs the command as a shell does, in an environment of nobody's."""
    environment = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "NO_PROXY": "127.0.0.1"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            [COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    return run


class ChangingHeat(HeatCloud):
    """A Heat that can be started again with another configuration, on the same cloud and its own database."""

    def become(self, heat: Heat) -> None:
        """Start it so, unless it runs so already."""
        if heat == self._heat:
            return
        self._stop_heat()
        self._heat = heat
        heat_conf.write(self._site, heat)
        self._start_heat()
