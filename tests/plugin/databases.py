"""Databases with a revision of Trove's schema, without our columns."""

import importlib.util
import shutil
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.pool import NullPool

BEFORE = "f90016d7baf8"
"""The revision before the one that adds other columns to the same table."""

HEAD = "head"

Prepared = Callable[[str], sa.Engine]
"""Creates a database with a revision of Trove's schema, and returns its engine."""


def migrate_trove(url: sa.URL, revision: str) -> None:
    """Upgrade with Trove's own chain, like ``trove-manage db_upgrade``, without importing Trove's services."""
    spec = importlib.util.find_spec("trove")
    assert spec is not None
    assert spec.origin is not None
    config = Config(str(Path(spec.origin).parent / "db" / "sqlalchemy" / "alembic.ini"))
    config.set_main_option("sqlalchemy.url", url.render_as_string(hide_password=False).replace("%", "%%"))
    config.attributes["configure_logger"] = False
    with warnings.catch_warnings():
        # alembic and SQLAlchemy warn about the way Trove's chain uses them.
        warnings.simplefilter("ignore")
        command.upgrade(config, revision)


def sqlite_at(directory: Path, path: Path, revision: str) -> sa.Engine:
    """Copy an SQLite file from a template. Templates are kept for the whole run, because Trove's chain is slow."""
    template = directory / f"{revision}.sqlite"
    if not template.exists():
        unfinished = template.with_suffix(".unfinished")
        migrate_trove(sa.URL.create("sqlite", database=str(unfinished)), revision)
        unfinished.rename(template)
    shutil.copy(template, path)
    return sa.create_engine(sa.URL.create("sqlite", database=str(path)), poolclass=NullPool)


@contextmanager
def new_mysql_database(server: str) -> Iterator[sa.URL]:
    """Create an empty database on a server, and drop it at the end."""
    name = f"trove_resources_test_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        try:
            yield engine.url.set(database=name)
        finally:
            connection.execute(sa.text(f"DROP DATABASE {name}"))
