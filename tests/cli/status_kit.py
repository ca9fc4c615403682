"""Run ``trove-resources-status upgrade check`` in this process, and read its results."""

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
"""Results of a check; the command exits with the worst. Source: oslo.upgradecheck's ``Code``."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The results of all checks."""

    code: int
    codes: dict[str, int]
    details: dict[str, str]
    skipped: frozenset[str]
    """The checks that do not apply."""

    def said(self, check: str) -> str:
        """Return the details of a check."""
        return self.details[check]


@dataclass(frozen=True, slots=True)
class Status:
    """The command. Call it with options, such as the file to read, to run the checks."""

    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> int:
        """Run the command and return its exit code. Its output is left for ``capsys``."""
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
    """Return the command. It does not find the configuration of this machine."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return Status(capsys)


Shell = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Return a function that runs the command as a process, in a clean environment."""
    environment = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "NO_PROXY": "127.0.0.1"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            [COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    return run


class ChangingHeat(HeatCloud):
    """A Heat that can be restarted with another configuration, on the same cloud and with the same database."""

    def become(self, heat: Heat) -> None:
        """Restart Heat with this configuration, unless it has it already."""
        if heat == self._heat:
            return
        self._stop_heat()
        self._heat = heat
        heat_conf.write(self._site, heat)
        self._start_heat()
