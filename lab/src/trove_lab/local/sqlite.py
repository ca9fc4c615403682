"""The files of the databases of Trove and Heat."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def created(path: Path) -> Iterator[None]:
    """Make an empty database in place of what is there, in write-ahead mode, and keep it open.

    Trove leaves sessions open that have read something, until they are collected. In SQLite's usual mode each keeps
    every writer out ("database is locked"); in this one, which the file remembers, readers and a writer do not meet.

    oslo.db closes a connection when its transaction is over. Where none is left, SQLite removes the write-ahead log,
    and whoever comes next, a reader too, keeps writers out while it makes another. So one stays.
    """
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        # Until it has read something it has no part in the log.
        connection.execute("SELECT 1 FROM sqlite_master").fetchall()
        yield
