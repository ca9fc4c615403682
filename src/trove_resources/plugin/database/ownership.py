"""The ownership columns: which engine owns an instance, and its stack.

They are two columns of Trove's table ``instances``, and so attributes of Trove's ``DBInstance``, which reflects the
table when a service starts. An alembic chain of our own adds them. It is independent of Trove's: each chain keeps its
revision in a table of its own, so both can be upgraded in any order once Trove's first revision is applied.
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
"""Seconds to wait for a table that is being read; MariaDB's default is a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The revision of a database; ``revision`` is None before the first upgrade."""

    database: str
    revision: str | None
    head: str
    missing: tuple[str, ...]
    """Columns that the table lacks."""

    @property
    def is_current(self) -> bool:
        """Whether there is nothing to upgrade."""
        return self.revision == self.head and not self.missing


def version(engine: sa.Engine) -> Version:
    """Return the revision of the database. Raises DatabaseFailedError, MissingTableError."""
    with connected(engine) as connection:
        return _version(connection)


def require_columns(engine: sa.Engine) -> None:
    """Check that the table has our columns. Without them Trove's models silently lose what is written to them.

    Raises DatabaseFailedError, MissingTableError, MissingColumnsError.
    """
    missing = version(engine).missing
    if missing:
        raise MissingColumnsError(revisions.display(engine.url), missing)


def upgrade(engine: sa.Engine, revision: str = "head") -> Version:
    """Upgrade the database and return its new revision. Existing columns are left as they are.

    Raises DatabaseFailedError, MissingTableError, UnknownRevisionError.
    """
    with connected(engine, alters=True) as connection:
        before = _version(connection)
        config = revisions.config(connection=connection)
        with _revision_errors(before.database, revision):
            if before.revision and before.missing:
                # The table was restored from an older dump. Each revision checks before it adds, so start from the
                # base.
                command.stamp(config, "base")
            command.upgrade(config, revision)
    return version(engine)


def downgrade(engine: sa.Engine, revision: str = "base", *, force: bool = False) -> Version:
    """Downgrade the database and return its new revision.

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
    """Return the SQL of an upgrade from the base, or between two revisions (``from:to``), for the dialect of a URL.

    Connects to no database. Raises UnknownRevisionError.
    """
    config, written = revisions.offline(url)
    with _revision_errors(revisions.display(url), revision):
        command.upgrade(config, revision, sql=True)
    return written.getvalue()


def downgrade_sql(url: sa.URL, revision: str = "base") -> str:
    """Return the SQL of a downgrade from the newest revision, or between two revisions, as ``upgrade_sql`` does."""
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
    # NULL means native, too, and compares as different from nothing.
    query = sa.select(sa.func.count()).where(table.c.provisioning_engine != "native", table.c.deleted == 0)
    return int(connection.execute(query).scalar_one())


@contextmanager
def connected(engine: sa.Engine, *, alters: bool = False) -> Iterator[sa.Connection]:
    """Open a connection with a transaction. Trove's engines raise oslo.db's errors, others SQLAlchemy's."""
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
