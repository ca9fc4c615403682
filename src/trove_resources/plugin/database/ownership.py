"""The record of an instance: which engine owns it, and its stack.

Two columns of Trove's table ``instances``, hence attributes of Trove's ``DBInstance``, which reflects the table when a
service starts. They come from an alembic chain of our own beside Trove's, which knows nothing of it: each keeps its
revision in a table of its own, so the two may be upgraded in any order once Trove's first revision is there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from oslo_db.exception import DBError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from trove_resources.errors import DatabaseFailedError, MissingColumnsError, MissingTableError, OwnershipInUseError
from trove_resources.plugin.database import revisions

TABLE: Final = "instances"
COLUMNS: Final = ("provisioning_engine", "stack_id")

LOCK_WAIT: Final = 60
"""Seconds to wait for a table that somebody reads; MariaDB's own default is a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Where a database stands; ``revision`` is None before the first upgrade."""

    database: str
    revision: str | None
    head: str
    missing: tuple[str, ...]
    """Columns that are not there."""

    @property
    def is_current(self) -> bool:
        """Whether nothing is left to upgrade."""
        return self.revision == self.head and not self.missing


def version(engine: sa.Engine) -> Version:
    """Return where the database stands. Raises DatabaseFailedError, MissingTableError."""
    with connected(engine) as connection:
        return _version(connection)


def require_columns(engine: sa.Engine) -> None:
    """Return if the table has our columns; without them Trove's models lose what is written, and say nothing.

    Raises DatabaseFailedError, MissingTableError, MissingColumnsError.
    """
    missing = version(engine).missing
    if missing:
        raise MissingColumnsError(revisions.display(engine.url), missing)


def upgrade(engine: sa.Engine, revision: str = "head") -> Version:
    """Upgrade the database and return where it stands then. What is there already is left as it is.

    Raises DatabaseFailedError, MissingTableError, UnknownRevisionError.
    """
    with connected(engine, alters=True) as connection:
        before = _version(connection)
        config = revisions.config(connection=connection)
        with _revision_errors(before.database, revision):
            if before.revision and before.missing:
                # The table was restored from an older dump. Each revision looks before it adds, so begin anew.
                command.stamp(config, "base")
            command.upgrade(config, revision)
    return version(engine)


def downgrade(engine: sa.Engine, revision: str = "base", *, force: bool = False) -> Version:
    """Downgrade the database and return where it stands then.

    Raises OwnershipInUseError, unless forced, while an engine other than native owns an instance; DatabaseFailedError,
    MissingTableError, UnknownRevisionError.
    """
    with connected(engine, alters=True) as connection:
        before = _version(connection)
        owned = 0 if before.missing else _owned_by_others(connection)
        if owned and not force:
            raise OwnershipInUseError(before.database, owned)
        with _revision_errors(before.database, revision):
            command.downgrade(revisions.config(connection=connection), revision)
    return version(engine)


def upgrade_sql(url: sa.URL, revision: str = "head") -> str:
    """Return the SQL of an upgrade from nothing, or between two revisions (``from:to``), for the dialect of a URL.

    No database is asked. Raises UnknownRevisionError.
    """
    config, written = revisions.offline(url)
    with _revision_errors(revisions.display(url), revision):
        command.upgrade(config, revision, sql=True)
    return written.getvalue()


def downgrade_sql(url: sa.URL, revision: str = "base") -> str:
    """Return the SQL of a downgrade from the newest revision, or between two; as ``upgrade_sql``."""
    config, written = revisions.offline(url)
    with _revision_errors(revisions.display(url), revision):
        command.downgrade(config, revision if ":" in revision else f"{revisions.head()}:{revision}", sql=True)
    return written.getvalue()


def _version(connection: sa.Connection) -> Version:
    database = revisions.display(connection.engine.url)
    inspector = sa.inspect(connection)
    if not inspector.has_table(TABLE):
        raise MissingTableError(database)
    has = {column["name"] for column in inspector.get_columns(TABLE)}
    context = MigrationContext.configure(connection, opts={"version_table": revisions.VERSION_TABLE})
    return Version(
        database=database,
        revision=context.get_current_revision(),
        head=revisions.head(),
        missing=tuple(name for name in COLUMNS if name not in has),
    )


def _owned_by_others(connection: sa.Connection) -> int:
    table = sa.table(TABLE, sa.column("provisioning_engine", sa.String), sa.column("deleted", sa.Integer))
    # A NULL is native, too, and differs from nothing.
    query = sa.select(sa.func.count()).where(table.c.provisioning_engine != "native", table.c.deleted == 0)
    return int(connection.execute(query).scalar_one())


@contextmanager
def connected(engine: sa.Engine, *, alters: bool = False) -> Iterator[sa.Connection]:
    """A connection in a transaction. Trove's own engines raise oslo.db's errors, others SQLAlchemy's."""
    try:
        with engine.begin() as connection:
            if alters and connection.dialect.name in {"mysql", "mariadb"}:
                connection.execute(sa.text(f"SET SESSION lock_wait_timeout = {LOCK_WAIT:d}"))
            yield connection
    except (SQLAlchemyError, DBError) as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        raise DatabaseFailedError(revisions.display(engine.url), " ".join(str(said).split())) from error


@contextmanager
def _revision_errors(database: str, revision: str) -> Iterator[None]:
    try:
        yield
    except (CommandError, AssertionError) as error:  # alembic asserts that head+1 exists
        raise revisions.unknown(database, revision, error) from error
