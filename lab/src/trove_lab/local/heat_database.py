"""Heat's database: its schema, and settings that let the engine's threads share a SQLite file.

Call ``prepare`` in the process of Heat's services before they start.
"""

from typing import Any

import sqlalchemy
from heat.db import migration
from sqlalchemy import event


def prepare() -> None:
    """Do what ``heat-manage db_sync`` does, then serialize all transactions. Raises whatever SQLAlchemy raises."""
    migration.db_sync()
    # Not earlier: alembic opens a second connection while it holds the first.
    event.listen(sqlalchemy.engine.Engine, "connect", _set_pragmas)
    event.listen(sqlalchemy.engine.Engine, "begin", _begin_immediate)


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
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        # For oslo.db's own listener: it runs after this one, and begins a transaction unless this is set.
        connection.info["in_transaction"] = True
