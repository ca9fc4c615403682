"""The services' virtual environment: OpenStack by the project's constraints, and the project's own wheels."""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from realcloud.commands import run
from realcloud.home import TREE, Home

CONSTRAINTS: Final = TREE / "constraints.txt"
SERVICES: Final = (
    *("keystone", "glance", "openstack-placement", "nova", "neutron", "cinder", "designate", "openstack-heat", "trove"),
    *("PyMySQL", "pymemcache", "python-memcached", "cheroot"),
)
"""Distributions. cheroot serves the APIs: it is a wheel, and needs no compiler."""
WHEELS: Final = {
    "trove-resources": TREE,
    "trove-resources-heat": TREE / "heat",
    "trove-lab": TREE / "lab",
    "realcloud-drivers": TREE / "realcloud" / "drivers",
}
"""The project's own, with where each is built: what an operator installs, the guests, and the drivers."""
_SOURCES: Final = ("pyproject.toml", "README.md", "LICENSE", "src", "nova_virt", "etc")
"""What a wheel is made of, in its directory."""


def stale(home: Home) -> Collection[str]:
    """Return the names of what is missing or has changed: wheels of ours, and ``services`` for all that is not ours.

    With ``services`` everything is stale: the environment is made anew.
    """
    if _read(_mark(home, "services")) != _wanted():
        return ("services", *WHEELS)
    return [name for name in WHEELS if _content(WHEELS[name]) != _read(_mark(home, name))]


def install(home: Home, names: Collection[str]) -> None:
    """Install what is stale. Nothing that is run from it may run. Raises CommandError."""
    if "services" in names:
        _install_services(home)
    _install_wheels(home, [name for name in names if name in WHEELS])


def _wanted() -> str:
    return hashlib.sha256("\n".join((*SERVICES, CONSTRAINTS.read_text())).encode()).hexdigest()


def _install_services(home: Home) -> None:
    log = home.log("install-services")
    run([_uv(), "venv", "--quiet", "--clear", "--python", sys.executable, str(home.environment)], log)
    # Without bytecode each of three dozen processes would compile what it imports.
    _pip(home, log, "--compile-bytecode", "--constraint", str(CONSTRAINTS), *SERVICES)
    _mark(home, "services").write_text(_wanted())


def _install_wheels(home: Home, names: Collection[str]) -> None:
    changed = {name: _content(WHEELS[name]) for name in names}
    for name in changed:
        _build(home, name)
    if changed:
        wheels = [str(next(_wheels(home, name).glob("*.whl"))) for name in WHEELS]
        again = [argument for name in changed for argument in ("--reinstall-package", name)]
        _pip(home, home.log("install-wheels"), "--constraint", str(CONSTRAINTS), *again, *wheels)
    for name, content in changed.items():
        _mark(home, name).write_text(content)


def _build(home: Home, name: str) -> None:
    for old in _wheels(home, name).glob("*"):
        old.unlink()
    with tempfile.TemporaryDirectory(dir=home.root) as copy:
        # setuptools builds beside the sources: not in the checkout.
        for source in _sources(WHEELS[name]):
            place = Path(copy) / source.relative_to(WHEELS[name])
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)
        command = [_uv(), "build", "--quiet", "--wheel", "--out-dir", str(_wheels(home, name)), copy]
        run(command, home.log("install-wheels"))


def _wheels(home: Home, name: str) -> Path:
    return home.root / "wheels" / name


def _mark(home: Home, name: str) -> Path:
    """Return the file that says what was installed last."""
    return home.environment / f".{name}"


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _pip(home: Home, log: Path, *arguments: str) -> None:
    run([_uv(), "pip", "install", "--quiet", "--python", home.command("python"), *arguments], log)


def _uv() -> str:
    return str(Path(sys.executable).with_name("uv"))


def _content(directory: Path) -> str:
    """Return what tells whether the sources of a wheel have changed."""
    digest = hashlib.sha256()
    for path in _sources(directory):
        digest.update(str(path.relative_to(directory)).encode() + path.read_bytes())
    return digest.hexdigest()


def _sources(directory: Path) -> Iterator[Path]:
    for name in _SOURCES:
        place = directory / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and path.suffix != ".pyc" and ".egg-info" not in str(path):
                yield path
