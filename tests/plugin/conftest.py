"""A database with Trove's schema, on SQLite and, with ``--mysql``, on a server."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from plugin.databases import Prepared, migrate_trove, new_mysql_database, sqlite_at

ON_SERVER = "_on_mysql"
"""The suffix of modules whose tests need a database server."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "dialect" in metafunc.fixturenames:
        everywhere = [] if metafunc.module.__name__.endswith(ON_SERVER) else ["sqlite"]
        servers = ["mysql"] if metafunc.config.getoption("--mysql") else []
        metafunc.parametrize("dialect", everywhere + servers)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the tests that need a database server, if there is none."""
    return True if collection_path.stem.endswith(ON_SERVER) and not config.getoption("--mysql") else None


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("templates")


@pytest.fixture
def database(dialect: str, request: pytest.FixtureRequest, templates: Path, tmp_path: Path) -> Iterator[Prepared]:
    """Return a function that creates databases with a given revision of Trove's schema."""
    if dialect == "sqlite":
        yield lambda revision: sqlite_at(templates, tmp_path / f"{revision}.sqlite", revision)
        return
    with ExitStack() as stack:

        def on_server(revision: str) -> sa.Engine:
            url = stack.enter_context(new_mysql_database(request.config.getoption("--mysql")))
            migrate_trove(url, revision)
            return sa.create_engine(url, poolclass=NullPool)

        yield on_server
