"""The files of the databases of Trove and Heat."""

import contextlib
import sqlite3
from pathlib import Path


def create(path: Path) -> None:
    """Make an empty database in place of what is there, in write-ahead mode.

    Trove leaves sessions open that have read something, until they are collected. In SQLite's usual mode each keeps
    every writer out ("database is locked"); in this one, which the file remembers, readers and a writer do not meet.
    """
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
