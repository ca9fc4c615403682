"""Fixtures that run the command in this process, with the configuration of a Trove."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa

from plugin.databases import HEAD, sqlite_at
from trove_resources.cli.main import main


@dataclass(frozen=True, slots=True)
class Ended:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Command]:
    """Run the command. It does not find the configuration of this machine."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))

    def run(*arguments: str) -> Ended:
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            # The application sets up logging for one run in one process.
            root.handlers[:] = handlers
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Ended(code, said.out, said.err)

    yield run
    root.setLevel(level)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("templates")


@dataclass(frozen=True, slots=True)
class Configured:
    """A configuration file of Trove, and the database in it."""

    file: Path
    engine: sa.Engine

    @property
    def option(self) -> str:
        """The option that names the file."""
        return f"--config-file={self.file}"


@pytest.fixture
def trove(tmp_path: Path, templates: Path) -> Configured:
    """A Trove whose own migrations have been run."""
    engine = sqlite_at(templates, tmp_path / "trove.sqlite", HEAD)
    file = tmp_path / "trove.conf"
    file.write_text(f"[database]\nconnection = sqlite:///{tmp_path}/trove.sqlite\n")
    return Configured(file, engine)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Run as a user who is subject to file permissions, unlike root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def odd() -> Iterator[Path]:
    """Return a directory that every user can enter, with files that are not a valid configuration."""
    with TemporaryDirectory() as made:
        here = Path(made)
        here.chmod(0o755)
        (here / "directory").mkdir()
        (here / "conf.d" / "1.conf").mkdir(parents=True)
        (here / "loop").symlink_to("loop")
        (here / "binary").write_bytes(b"\xff\xfe[DEFAULT]\n")
        (here / "hidden").touch(mode=0)
        yield here
