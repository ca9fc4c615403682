"""Heat's database: its schema, and how the engine's threads share a SQLite file.

To be called in the process of Heat's services, before they start.
"""

import threading
from typing import Any

import sqlalchemy
from heat.db import api, migration
from sqlalchemy import event

from trove_lab.local import connections

LONGEST_TURN = 30.0
"""Seconds a thread waits for its turn before it leaves the waiting to SQLite."""

_FREE = threading.Lock()
_TURN = "trove_lab_turn"


def prepare() -> None:
    """Do what ``heat-manage db_sync`` does, then have every transaction take its turn.

    Raises whatever SQLAlchemy raises when it cannot be done.
    """
    migration.db_sync()
    # Not before: alembic holds one connection while it opens another.
    event.listen(sqlalchemy.engine.Engine, "connect", _be_strict)
    event.listen(sqlalchemy.engine.Engine, "begin", _begin_as_a_writer)
    connections.keep(api.get_engine())
    event.listen(sqlalchemy.pool.Pool, "checkin", _end_turn)


def _be_strict(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA busy_timeout = 30000")
    # SQLite gives a number again: without it a new resource has the data of one that is gone.
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_as_a_writer(connection: sqlalchemy.Connection) -> None:
    """Take the file's only lock for writers at the beginning, and wait for it.

    oslo.db begins each transaction as a reader's. One that has read and then writes while another thread writes fails
    at once ("database is locked"), for to wait could not help it; and oslo.db tries no such transaction again.
    """
    if "in_transaction" not in connection.info:
        _take_turn(connection.info)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        # For oslo.db's own listener, which comes after this one and begins what has not begun.
        connection.info["in_transaction"] = True


def _take_turn(info: Any) -> None:
    """Wait until no other thread has a transaction.

    SQLite waits, too, but it sleeps for up to 100 ms between two looks at its lock.
    """
    if _TURN not in info and _FREE.acquire(timeout=LONGEST_TURN):
        info[_TURN] = True


def _end_turn(_connection: Any, record: Any) -> None:
    """Let the next thread have its transaction, once this one's connection is back in the pool."""
    if record.info.pop(_TURN, False):
        _FREE.release()
