"""Our columns in Trove's table: added beside Trove's own migrations, complete, and removed on a downgrade."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from oslo_db.sqlalchemy.engines import create_engine

from plugin.databases import BEFORE, HEAD, Prepared, migrate_trove
from trove_resources.errors import (
    DatabaseFailedError,
    MissingColumnsError,
    MissingTableError,
    OwnershipInUseError,
    UnknownRevisionError,
)
from trove_resources.plugin.database import ownership, revisions

REVISION = "b7d1c02e94a3"
OF_TROVE = {"ssl_mode", "ssl_ref"}
"""Columns that Trove's last revision adds to the same table."""


def columns(engine: sa.Engine) -> dict[str, str]:
    return {column["name"]: str(column["type"]) for column in sa.inspect(engine).get_columns("instances")}


def shape(engine: sa.Engine) -> dict[str, object]:
    """Return what Trove relies on: columns, key, indexes and foreign keys of the table."""
    inspector = sa.inspect(engine)
    return {
        "columns": [(each["name"], str(each["type"]), each["nullable"]) for each in inspector.get_columns("instances")],
        "key": inspector.get_pk_constraint("instances")["constrained_columns"],
        "indexes": sorted(str(each["name"]) for each in inspector.get_indexes("instances")),
        "foreign_keys": sorted(str(each["constrained_columns"]) for each in inspector.get_foreign_keys("instances")),
    }


def put(engine: sa.Engine, instance_id: str, **values: object) -> None:
    row = {"id": instance_id, "deleted": 0, **values}
    table = sa.table("instances", *(sa.column(name) for name in row))
    with engine.begin() as connection:
        connection.execute(table.insert().values(row))


def get(engine: sa.Engine, *names: str) -> list[tuple[object, ...]]:
    query = sa.select(*(sa.column(name) for name in names)).select_from(sa.table("instances")).order_by(sa.column("id"))
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_the_columns_are_nullable_strings(database: Prepared) -> None:
    engine = database(HEAD)
    put(engine, "old")
    reached = ownership.upgrade(engine)
    assert (reached.revision, reached.missing, reached.is_current) == (REVISION, (), True)
    assert {name: columns(engine)[name] for name in ownership.COLUMNS} == dict.fromkeys(
        ownership.COLUMNS, "VARCHAR(64)"
    )
    assert get(engine, "provisioning_engine", "stack_id") == [(None, None)]


def test_troves_migrations_run_before_between_and_after_ours(database: Prepared) -> None:
    engine = database(BEFORE)
    ownership.upgrade(engine)
    put(engine, "a", provisioning_engine="orchestrator", stack_id="s")
    for _ in range(2):
        migrate_trove(engine.url, HEAD)
        ownership.upgrade(engine)
    assert OF_TROVE | set(ownership.COLUMNS) <= set(columns(engine))
    assert get(engine, "provisioning_engine", "stack_id") == [("orchestrator", "s")]


def test_a_downgrade_leaves_the_table_as_trove_created_it(database: Prepared) -> None:
    engine = database(HEAD)
    put(engine, "a")
    before = shape(engine)
    ownership.upgrade(engine)
    assert ownership.downgrade(engine).revision is None
    assert shape(engine) == before
    assert get(engine, "id") == [("a",)]
    assert ownership.upgrade(engine).is_current


def test_an_sqlite_that_cannot_drop_a_column_copies_the_table(
    monkeypatch: pytest.MonkeyPatch, database: Prepared
) -> None:
    engine = database(HEAD)
    before = shape(engine)
    ownership.upgrade(engine)
    put(engine, "a", hostname="h")
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    ownership.downgrade(engine)
    assert shape(engine) == before
    assert get(engine, "id", "hostname") == [("a", "h")]


def test_an_interrupted_upgrade_continues_where_it_stopped(database: Prepared) -> None:
    engine = database(HEAD)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE instances ADD COLUMN provisioning_engine VARCHAR(64)"))
    put(engine, "a", provisioning_engine="orchestrator")
    assert ownership.version(engine).missing == ("stack_id",)
    assert ownership.upgrade(engine).is_current
    assert get(engine, "provisioning_engine", "stack_id") == [("orchestrator", None)]


def test_a_table_restored_without_the_columns_gets_them_again(database: Prepared) -> None:
    engine = database(HEAD)
    ownership.upgrade(engine)
    with engine.begin() as connection:
        for name in ownership.COLUMNS:
            connection.execute(sa.text(f"ALTER TABLE instances DROP COLUMN {name}"))
    assert not ownership.version(engine).is_current
    assert ownership.upgrade(engine).is_current


def test_without_the_columns_the_error_names_the_command_that_adds_them(database: Prepared) -> None:
    engine = database(HEAD)
    with pytest.raises(MissingColumnsError, match="run trove-resources db upgrade") as caught:
        ownership.require_columns(engine)
    assert caught.value.columns == ownership.COLUMNS
    ownership.upgrade(engine)
    ownership.require_columns(engine)


@pytest.mark.parametrize("ask", [ownership.version, ownership.require_columns, ownership.upgrade, ownership.downgrade])
def test_without_troves_table_the_error_names_troves_command(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(MissingTableError, match="run trove-manage db_sync first"):
        ask(sa.create_engine("sqlite://"))


@pytest.mark.parametrize(
    ("revision", "reason"),
    [
        ("0badc0de", "no such revision"),
        ("head+1", "there is none after the newest"),
        ("base:head", "ranges are for --sql only"),
        (BEFORE, "a revision of Trove's chain"),
    ],
)
def test_an_unknown_revision_is_rejected_with_the_known_ones_listed(
    revision: str, reason: str, database: Prepared
) -> None:
    engine = database(HEAD)
    with pytest.raises(UnknownRevisionError, match=f"known revisions: base, {REVISION}, head") as caught:
        ownership.upgrade(engine, revision)
    assert caught.value.revision == revision, reason
    assert ownership.version(engine).missing == ownership.COLUMNS, reason


def test_a_revision_of_a_newer_release_is_shown_and_not_changed(database: Prepared) -> None:
    engine = database(HEAD)
    ownership.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE {revisions.VERSION_TABLE} SET version_num = 'c0ffee'"))  # noqa: S608
    assert (ownership.version(engine).revision, ownership.version(engine).is_current) == ("c0ffee", False)
    ownership.require_columns(engine)
    for change in (ownership.upgrade, ownership.downgrade):
        with pytest.raises(UnknownRevisionError, match="c0ffee"):
            change(engine)


@pytest.mark.parametrize(
    ("row", "refused", "reason"),
    [
        ({"provisioning_engine": "orchestrator"}, True, "without the columns it would count as native"),
        ({"provisioning_engine": "orchestrator", "deleted": 1}, False, "it is deleted"),
        ({"provisioning_engine": "native"}, False, "it counts as native without the columns"),
        ({}, False, "it was created before the columns, hence is native"),
    ],
)
def test_a_downgrade_is_refused_while_it_would_lose_an_engine(
    row: dict[str, object], refused: bool, reason: str, database: Prepared
) -> None:
    engine = database(HEAD)
    ownership.upgrade(engine)
    put(engine, "a", **row)
    if refused:
        with pytest.raises(OwnershipInUseError, match="has 1 instances that an engine other than native owns"):
            ownership.downgrade(engine)
        assert ownership.version(engine).is_current, reason
    assert ownership.downgrade(engine, force=refused).missing == ownership.COLUMNS, reason


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite", "mysql+pymysql://u:secret@127.0.0.1:1/trove"])
def test_a_database_that_does_not_answer_is_named_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseFailedError) as caught:
        ownership.version(sa.create_engine(url))
    assert caught.value.database == url.replace("secret", "***")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_errors_of_troves_own_engine_are_typed_too(tmp_path: Path) -> None:
    file = tmp_path / "trove.sqlite"
    engine = create_engine(f"sqlite:///{file}")
    file.write_text("no database")
    with pytest.raises(DatabaseFailedError, match="file is not a database"):
        ownership.require_columns(engine)


def test_a_url_is_shown_without_password_and_parameters() -> None:
    url = sa.make_url("mysql+pymysql://u:secret@h/trove?ssl_key_password=secret")
    assert revisions.display(url) == "mysql+pymysql://u:***@h/trove"


@pytest.mark.parametrize("url", ["mysql+pymysql://h/trove", "mariadb+pymysql://h/trove", "sqlite:////x"])
def test_the_sql_of_an_upgrade_creates_table_columns_and_revision(url: str) -> None:
    sql = ownership.upgrade_sql(sa.make_url(url))
    expected = [
        f"CREATE TABLE {revisions.VERSION_TABLE}",
        "ALTER TABLE instances ADD COLUMN provisioning_engine VARCHAR(64)",
        "ALTER TABLE instances ADD COLUMN stack_id VARCHAR(64)",
        f"INSERT INTO {revisions.VERSION_TABLE} (version_num) VALUES ('{REVISION}')",  # noqa: S608
    ]
    places = [sql.find(each) for each in expected]
    assert -1 not in places, sql
    assert places == sorted(places)


@pytest.mark.parametrize("url", ["mysql+pymysql://h/trove", "sqlite:////x"])
def test_the_sql_of_a_downgrade_drops_them(url: str) -> None:
    sql = ownership.downgrade_sql(sa.make_url(url))
    for each in (
        "ALTER TABLE instances DROP COLUMN provisioning_engine",
        "ALTER TABLE instances DROP COLUMN stack_id",
        f"DELETE FROM {revisions.VERSION_TABLE} WHERE {revisions.VERSION_TABLE}.version_num = '{REVISION}'",  # noqa: S608
    ):
        assert each in sql


def test_the_sql_does_what_the_upgrade_does(database: Prepared) -> None:
    engine = database(HEAD)
    for sql, current in ((ownership.upgrade_sql(engine.url), True), (ownership.downgrade_sql(engine.url), False)):
        with engine.begin() as connection:
            for statement in sql.split(";"):
                if statement.strip() not in {"", "BEGIN", "COMMIT"}:
                    connection.execute(sa.text(statement))
        assert ownership.version(engine).is_current is current


def test_the_sql_of_an_unknown_revision_is_rejected() -> None:
    for write in (ownership.upgrade_sql, ownership.downgrade_sql):
        with pytest.raises(UnknownRevisionError, match="0badc0de"):
            write(sa.make_url("sqlite://"), "0badc0de")
