"""The SQLite files of Trove and Heat."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def created(path: Path) -> Iterator[None]:
    """Replace the file by an empty database in write-ahead mode, and keep a connection open.

    Trove leaves read sessions open until they are garbage-collected. In SQLite's default mode each of them blocks
    every writer ("database is locked"). In write-ahead mode, which the file remembers, readers do not block writers.

    oslo.db closes a connection after its transaction. When the last one closes, SQLite removes the write-ahead log,
    and the next connection, even a reader's, blocks writers while it creates another log. This one prevents that.
    """
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    with closing(sqlite3.connect(path, check_same_thread=False)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        # A connection uses the log only once it has read something.
        connection.execute("SELECT 1 FROM sqlite_master").fetchall()
        yield
