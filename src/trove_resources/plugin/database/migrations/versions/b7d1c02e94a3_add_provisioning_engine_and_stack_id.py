"""Add provisioning_engine and stack_id to instances."""

import sqlite3
from typing import Final, Literal

import sqlalchemy as sa
from alembic import context, op

revision: Final = "b7d1c02e94a3"
down_revision: Final = None
branch_labels: Final = None
depends_on: Final = None

TABLE: Final = "instances"
COLUMNS: Final = ("provisioning_engine", "stack_id")


def upgrade() -> None:
    """Add the columns that are not there."""
    there = _columns_there()
    for name in COLUMNS:
        if name not in there:
            op.add_column(TABLE, sa.Column(name, sa.String(64), nullable=True))


def downgrade() -> None:
    """Drop the columns that are there."""
    there = COLUMNS if context.is_offline_mode() else _columns_there()
    with op.batch_alter_table(TABLE, recreate=_recreate()) as table:
        for name in COLUMNS:
            if name in there:
                table.drop_column(name)


def _columns_there() -> set[str]:
    """Return the table's columns. MariaDB commits after each change, so a broken upgrade may have left one of ours."""
    if context.is_offline_mode():
        return set()
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(TABLE)}


def _recreate() -> Literal["auto", "never"]:
    """Return how SQLite drops a column: since 3.35 as others do, before by a copy of the table."""
    copies = not context.is_offline_mode() and sqlite3.sqlite_version_info < (3, 35)
    return "auto" if copies else "never"
