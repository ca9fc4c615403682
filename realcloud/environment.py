"""The services' virtual environment: OpenStack with the project's constraints, and the project's own wheels."""

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
"""Distributions. cheroot serves the APIs: it is a pure wheel, which needs no compiler."""
WHEELS: Final = {
    "trove-resources": TREE,
    "trove-resources-heat": TREE / "heat",
    "trove-lab": TREE / "lab",
    "realcloud-drivers": TREE / "realcloud" / "drivers",
}
"""The project's own wheels, with the directories in which they are built: the plug-ins, the guests, the drivers."""
_SOURCES: Final = ("pyproject.toml", "README.md", "LICENSE", "src", "nova_virt", "etc")
"""The sources of a wheel, in its directory."""


def stale(home: Home) -> Collection[str]:
    """Return what is missing or has changed: names of our wheels, and ``services`` for all other distributions.

    If ``services`` is stale, so is everything: the environment is recreated.
    """
    if _read(_marker(home, "services")) != _services_hash():
        return ("services", *WHEELS)
    return [name for name in WHEELS if _wheel_hash(WHEELS[name]) != _read(_marker(home, name))]


def install(home: Home, names: Collection[str]) -> None:
    """Install what is stale. No service may run from it meanwhile. Raises CommandError."""
    if "services" in names:
        _install_services(home)
    _install_wheels(home, [name for name in names if name in WHEELS])


def _services_hash() -> str:
    return hashlib.sha256("\n".join((*SERVICES, CONSTRAINTS.read_text())).encode()).hexdigest()


def _install_services(home: Home) -> None:
    log = home.log("install-services")
    run([_uv(), "venv", "--quiet", "--clear", "--python", sys.executable, str(home.environment)], log)
    # Without bytecode, each of three dozen processes would compile all that it imports.
    _pip(home, log, "--compile-bytecode", "--constraint", str(CONSTRAINTS), *SERVICES)
    _marker(home, "services").write_text(_services_hash())


def _install_wheels(home: Home, names: Collection[str]) -> None:
    hashes = {name: _wheel_hash(WHEELS[name]) for name in names}
    for name in hashes:
        _build(home, name)
    if hashes:
        wheels = [str(next(_wheels(home, name).glob("*.whl"))) for name in WHEELS]
        reinstall = [argument for name in hashes for argument in ("--reinstall-package", name)]
        _pip(home, home.log("install-wheels"), "--constraint", str(CONSTRAINTS), *reinstall, *wheels)
    for name, digest in hashes.items():
        _marker(home, name).write_text(digest)


def _build(home: Home, name: str) -> None:
    for old in _wheels(home, name).glob("*"):
        old.unlink()
    with tempfile.TemporaryDirectory(dir=home.root) as copy:
        # setuptools writes build files next to the sources, so build a copy of the checkout.
        for source in _sources(WHEELS[name]):
            place = Path(copy) / source.relative_to(WHEELS[name])
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)
        command = [_uv(), "build", "--quiet", "--wheel", "--out-dir", str(_wheels(home, name)), copy]
        run(command, home.log("install-wheels"))


def _wheels(home: Home, name: str) -> Path:
    return home.root / "wheels" / name


def _marker(home: Home, name: str) -> Path:
    """Return the file with the hash of what was installed last."""
    return home.environment / f".{name}"


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _pip(home: Home, log: Path, *arguments: str) -> None:
    run([_uv(), "pip", "install", "--quiet", "--python", home.command("python"), *arguments], log)


def _uv() -> str:
    return str(Path(sys.executable).with_name("uv"))


def _wheel_hash(directory: Path) -> str:
    """Return a hash of the sources of a wheel."""
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
