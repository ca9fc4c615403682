"""Connections of a service to its SQLite file."""

from typing import Any

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.pool import QueuePool


def keep(engine: sqlalchemy.Engine) -> None:
    """Have an engine of oslo.db reuse its connections.

    For SQLite oslo.db opens a file for each transaction, and closes it at the end. That takes a quarter of Heat's
    processor time.
    """
    former = engine.pool
    # No limit (0): each thread that works has a connection of its own.
    engine.pool = QueuePool(former._creator, pool_size=0, dialect=engine.dialect, _dispatch=former.dispatch)  # noqa: SLF001
    event.listen(engine.pool, "checkin", _forget_transaction)


def _forget_transaction(_connection: Any, record: Any) -> None:
    """Clear oslo.db's mark of a transaction.

    oslo.db clears it when a transaction is committed or rolled back. A session that is only collected does neither, and
    the next user of the connection would begin no transaction.
    """
    record.info.pop("in_transaction", None)
