"""The directory of a lab: its default, and a lock against use by two labs."""

import fcntl
import os
from pathlib import Path
from typing import Self

from trove_lab.local.errors import DirectoryError, DirectoryInUseError


def default_directory() -> Path:
    """Return the default directory of the user, by the XDG base directory specification."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "trove-lab"


class LockedDirectory:
    """A directory that no other lab can use until the end of the context.

    It is locked by the kernel, on an open file, so the lock ends with the process, even if that is killed.
    The constructor raises DirectoryInUseError or DirectoryError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = (self.path / "lab.lock").open("a+")
        except OSError as error:
            raise DirectoryError(self.path, error.strerror or str(error)) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.seek(0)
            pid = self._lock.read().strip() or "unknown"
            self._lock.close()
            raise DirectoryInUseError(self.path, pid) from error
        self._lock.truncate(0)
        self._lock.write(f"{os.getpid()}\n")
        self._lock.flush()

    def __enter__(self) -> Self:
        """Return the directory, which the constructor has locked."""
        return self

    def __exit__(self, *_: object) -> None:
        """Unlock it."""
        self._lock.close()
