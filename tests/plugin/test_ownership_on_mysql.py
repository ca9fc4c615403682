"""Behavior of a database server only: it locks a table that others read."""

import pytest
import sqlalchemy as sa

from plugin.databases import HEAD, Prepared
from trove_resources.errors import DatabaseFailedError
from trove_resources.plugin.database import ownership


def test_an_upgrade_waits_for_a_locked_table_until_its_timeout(
    database: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database(HEAD)
    monkeypatch.setattr(ownership, "LOCK_WAIT", 1)
    with engine.connect() as reader:
        reader.execute(sa.text("SELECT id FROM instances")).all()
        with pytest.raises(DatabaseFailedError, match="Lock wait timeout exceeded"):
            ownership.upgrade(engine)
    assert ownership.upgrade(engine).is_current
