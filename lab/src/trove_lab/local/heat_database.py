"""Heat's database: its schema, and how the engine's threads share a SQLite file.

To be called in the process of Heat's services, before they start.
"""

from typing import Any

import sqlalchemy
from heat.db import api, migration
from sqlalchemy import event

from trove_lab.local import connections


def prepare() -> None:
    """Do what ``heat-manage db_sync`` does, then have every transaction take its turn.

    Raises whatever SQLAlchemy raises when it cannot be done.
    """
    migration.db_sync()
    # Not before: alembic holds one connection while it opens another.
    event.listen(sqlalchemy.engine.Engine, "connect", _be_strict)
    event.listen(sqlalchemy.engine.Engine, "begin", _begin_as_a_writer)
    connections.keep(api.get_engine())


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
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        # For oslo.db's own listener, which comes after this one and begins what has not begun.
        connection.info["in_transaction"] = True
