"""What stands on the disks of a guest's server, in files: it outlives the process of the guests."""

import pickle  # the lab's own files
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
    """Whether prepare has ended well. It stands on the root disk: a rebuilt server knows it no more."""
    to_run: bool = False
    """Whether the container is to run again after a reboot: Docker's restart policy ``unless-stopped``."""
    met: int = 0
    """The order of the last event of the server."""
    save: Callable[["Disk"], None] = field(default=lambda _: None, repr=False)

    def __getstate__(self) -> tuple[Database, bool, bool, int]:
        """Return what is written."""
        return self.database, self.installed, self.to_run, self.met

    def __setstate__(self, state: tuple[Database, bool, bool, int]) -> None:
        """Take what was read."""
        self.database, self.installed, self.to_run, self.met = state

    def write(self) -> None:
        """Write it down."""
        self.save(self)


class Disks:
    """The disks of all servers, each a file of a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(exist_ok=True)

    def of(self, server_id: str) -> Disk:
        """Return the disk of a server: a new one, or what an earlier process left."""
        path = self._directory / server_id
        disk: Disk = pickle.loads(path.read_bytes()) if path.exists() else Disk()  # noqa: S301 - written below
        disk.save = lambda changed: self._save(path, changed)
        return disk

    @staticmethod
    def _save(path: Path, disk: Disk) -> None:
        new = path.with_suffix(".new")
        new.write_bytes(pickle.dumps(disk))
        new.replace(path)
