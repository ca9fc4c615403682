"""Python environments with our wheels and a release of OpenStack."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wheels.releases import ROOT, Release

UV = Path(sys.executable).parent / "uv"
SECONDS = 300
"""The time limit of one command. The first command of an environment compiles what it imports."""


@dataclass(frozen=True, slots=True)
class Wheels:
    """Our wheels, as they would be published."""

    resources: Path
    heat: Path
    lab: Path


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment, with its own home directory for the commands that run in it."""

    folder: Path
    home: Path

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.folder / "bin" / "python"

    def run(self, command: str, *arguments: object, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run one of its commands, and fail if it exits with another code. With ``code`` None, any code is accepted."""
        environment = {"HOME": str(self.home), "PATH": f"{self.folder}/bin:/usr/bin:/bin", "NO_PROXY": "127.0.0.1"}
        ended = subprocess.run(  # noqa: S603 - of an environment of ours
            [self.folder / "bin" / command, *map(str, arguments)],
            env=environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert code in (None, ended.returncode), (
            f"{command} ended with {ended.returncode}\n{ended.stdout}{ended.stderr}"
        )
        return ended

    def json_of(self, program: Path, *arguments: object) -> Any:
        """Run a program of these tests, and return the JSON that is its last line."""
        return json.loads(self.run("python", "-W", "ignore", program, *arguments).stdout.splitlines()[-1])

    def versions(self) -> Mapping[str, str]:
        """Return the installed versions, by package name."""
        listed = json.loads(_uv("pip", "list", "--format", "json", "--python", self.python))
        return {each["name"]: each["version"] for each in listed}

    def conflicts(self) -> str:
        """Return the unmet requirements, as reported by uv, or an empty string."""
        ended = subprocess.run(  # noqa: S603 - ours
            [UV, "pip", "check", "--python", self.python], capture_output=True, text=True, check=False
        )
        return ended.stderr if ended.returncode else ""


Open = Callable[..., Environment]
"""Creates an environment once, given a release and the requirements."""


def build(folder: Path) -> Wheels:
    """Build our wheels, each from its source distribution."""
    for source in (ROOT, ROOT / "heat", ROOT / "lab"):
        _uv("build", "--quiet", "--out-dir", folder, source)
    names = ("trove_resources-*.whl", "trove_resources_heat-*.whl", "trove_lab-*.whl")
    return Wheels(*(next(folder.glob(name)) for name in names))


def make(folder: Path, release: Release, *requirements: object) -> Environment:
    """Install the requirements with the constraints of a release."""
    environment = Environment(folder / "venv", folder / "home")
    environment.home.mkdir(parents=True)
    _uv("venv", "--quiet", "--python", sys.executable, environment.folder)
    python, constraints = ("--python", environment.python), ("--constraints", release.constraints)
    _uv("pip", "install", "--quiet", *python, *constraints, *requirements)
    return environment


def _uv(*arguments: object) -> str:
    """Run uv, which reads the registries and the cache of this machine from the environment."""
    ended = subprocess.run(  # noqa: S603 - ours
        [UV, *map(str, arguments)], capture_output=True, text=True, env={**os.environ}, timeout=SECONDS, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
