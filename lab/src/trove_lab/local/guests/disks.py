"""The disks of guests, as files: they survive the process of the guests."""

import pickle  # only for the lab's own files
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from trove_lab.local.guests.database import Database


@dataclass(slots=True, kw_only=True)
class Disk:
    """The disks of one server, root and data."""

    database: Database = field(default_factory=Database)
    """On the data volume."""
    installed: bool = False
    """Whether prepare succeeded. It is on the root disk, so a rebuild resets it."""
    to_run: bool = False
    """Whether the container starts after a reboot: Docker's restart policy ``unless-stopped``."""
    met: int = 0
    """The order of the last event of the server that was handled."""
    save: Callable[["Disk"], None] = field(default=lambda _: None, repr=False)

    def __getstate__(self) -> tuple[Database, bool, bool, int]:
        """Return the fields that are saved."""
        return self.database, self.installed, self.to_run, self.met

    def __setstate__(self, state: tuple[Database, bool, bool, int]) -> None:
        """Set the fields that were saved."""
        self.database, self.installed, self.to_run, self.met = state

    def write(self) -> None:
        """Save the disk to its file."""
        self.save(self)


class Disks:
    """The disks of all servers, one file per server."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(exist_ok=True)

    def of(self, server_id: str) -> Disk:
        """Return the disk of a server: the one that an earlier process saved, or a new one."""
        path = self._directory / server_id
        disk: Disk = pickle.loads(path.read_bytes()) if path.exists() else Disk()  # noqa: S301 - written below
        disk.save = lambda changed: self._save(path, changed)
        return disk

    @staticmethod
    def _save(path: Path, disk: Disk) -> None:
        new = path.with_suffix(".new")
        new.write_bytes(pickle.dumps(disk))
        new.replace(path)
