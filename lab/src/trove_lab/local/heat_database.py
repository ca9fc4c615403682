"""Heat's database: its schema, and settings that let the engine's threads share a SQLite file.

Call ``prepare`` in the process of Heat's services before they start.
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
    """Do what ``heat-manage db_sync`` does, then serialize all transactions. Raises whatever SQLAlchemy raises."""
    migration.db_sync()
    # Not earlier: alembic opens a second connection while it holds the first.
    event.listen(sqlalchemy.engine.Engine, "connect", _set_pragmas)
    event.listen(sqlalchemy.engine.Engine, "begin", _begin_immediate)
    connections.keep(api.get_engine())
    event.listen(sqlalchemy.pool.Pool, "checkin", _end_turn)


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA busy_timeout = 30000")
    # SQLite reuses row ids: without this, a new resource would have the data of a deleted one.
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_immediate(connection: sqlalchemy.Connection) -> None:
    """Wait for the write lock of the file when a transaction begins.

    oslo.db begins every transaction as a reader. A transaction that has read and then writes while another thread
    writes fails at once ("database is locked"), because waiting could not resolve it, and oslo.db does not retry it.
    """
    if "in_transaction" not in connection.info:
        _take_turn(connection.info)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        # For oslo.db's own listener: it runs after this one, and begins a transaction unless this is set.
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
