"""``trove-resources db``: its actions, its output and its exit codes."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from cli.conftest import Command, Configured, unprivileged

REVISION = "b7d1c02e94a3"


def test_upgrade_version_and_downgrade_print_the_revision(command: Command, trove: Configured) -> None:
    where = f"sqlite:///{trove.file.parent}/trove.sqlite"
    assert command("db", "upgrade", trove.option).out == f"{where} is at {REVISION}\n"
    shown = json.loads(command(trove.option, "db", "version", "-f", "json").out)
    assert shown == {
        "database": where,
        "revision": REVISION,
        "head": REVISION,
        "missing_columns": "",
        "is_current": True,
    }
    assert command("db", "downgrade", trove.option).out == f"{where} is at base\n"
    shown = json.loads(command("db", "version", trove.option, "-f", "json").out)
    assert (shown["revision"], shown["missing_columns"]) == (None, "provisioning_engine stack_id")


def test_upgrade_may_be_run_again_and_to_a_revision(command: Command, trove: Configured) -> None:
    for revision in ((), (REVISION,), ("head",), (REVISION[:4],)):
        ended = command("db", "upgrade", trove.option, *revision)
        assert (ended.code, ended.err) == (0, "")


def test_sql_is_printed_and_the_database_is_not_changed(command: Command, trove: Configured) -> None:
    assert "ADD COLUMN stack_id" in command("db", "upgrade", "--sql", trove.option).out
    assert "DROP COLUMN stack_id" in command("db", "downgrade", "--sql", trove.option).out
    assert json.loads(command("db", "version", trove.option, "-f", "json").out)["revision"] is None


def test_sql_needs_no_server(command: Command, tmp_path: Path) -> None:
    config = tmp_path / "trove.conf"
    config.write_text("[database]\nconnection = mysql+pymysql://u:secret@127.0.0.1:1/trove\n")
    assert "ALTER TABLE instances ADD COLUMN" in command("db", "upgrade", "--sql", "--config-file", str(config)).out


def test_a_file_where_trove_looks_is_found_with_its_drop_ins(
    command: Command, trove: Configured, tmp_path: Path
) -> None:
    place = tmp_path / "home" / ".trove"
    (place / "trove.conf.d").mkdir(parents=True)
    (place / "trove.conf").write_text("[database]\nconnection = sqlite:///nowhere/at/all\n")
    (place / "trove.conf.d" / "50-database.conf").write_text(trove.file.read_text())
    assert command("db", "version").code == 0


def test_a_drop_in_of_the_task_manager_is_read(command: Command, trove: Configured, tmp_path: Path) -> None:
    place = tmp_path / "home" / ".trove" / "trove-taskmanager.conf.d"
    place.mkdir(parents=True)
    (place / "50-database.conf").write_text(trove.file.read_text())
    assert command("db", "version").code == 0


def test_drop_in_directories_may_be_given(command: Command, trove: Configured, tmp_path: Path) -> None:
    (tmp_path / "empty.conf").touch()
    drop_ins = tmp_path / "drop-ins"
    drop_ins.mkdir()
    (drop_ins / "10.conf").write_text(trove.file.read_text())
    assert command("db", "version", "--config-file", f"{tmp_path}/empty.conf", "--config-dir", str(drop_ins)).code == 0


def test_parameters_of_the_connection_are_used(command: Command, trove: Configured) -> None:
    trove.file.write_text(f"{trove.file.read_text()}connection_parameters = mode=ro&uri=true\n")
    trove.file.write_text(trove.file.read_text().replace("sqlite:///", "sqlite:///file:"))
    assert command("db", "version", trove.option).code == 0
    ended = command("db", "upgrade", trove.option)
    assert (ended.code, "readonly database" in ended.err) == (4, True)


@pytest.mark.parametrize("verb", ["upgrade", "downgrade", "version"])
@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (None, 3, "no configuration of Trove found"),
        ("", 3, "no [database] connection in "),
        ("connection = x\n", 3, "Failed to parse"),
        ("[database]\nconnection = x\n", 3, "[database] connection cannot be used: Could not parse"),
        ("[database]\nconnection = nosuch://u:secret@h/d\n", 3, "connection cannot be used: Can't load plugin"),
        ("[database]\nconnection = mysql+oursql://u:secret@h/d\n", 3, "connection cannot be used"),
        ("[database]\nconnection = mysql+pymysql://u:secret@h:port/d\n", 3, "connection cannot be used"),
        ("[database]\nconnection = $nothing\n", 3, "cannot be read"),
        ("[database]\nconnection = sqlite:////nowhere/at/all\n", 4, "unable to open database file"),
        ("[database]\nconnection = mysql+pymysql://u:secret@127.0.0.1:1/trove\n", 4, "Can't connect to MySQL server"),
        ("[database]\nconnection = sqlite://\n", 5, "run trove-manage db_sync first"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(  # noqa: PLR0917 - the table's columns
    verb: str, content: str | None, code: int, message: str, command: Command, tmp_path: Path
) -> None:
    options = []
    if content is not None:
        (tmp_path / "trove.conf").write_text(content)
        options = ["--config-file", f"{tmp_path}/trove.conf"]
    ended = command("db", verb, *options)
    assert (ended.code, ended.out, ended.err.count("\n")) == (code, "", 1), ended.err
    assert message in ended.err
    assert ended.err.startswith("trove-resources: ")
    assert "secret" not in ended.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--config-file", "/nowhere/trove.conf"), "Failed to find some config files: /nowhere/trove.conf"),
        (("--config-dir", "/nowhere"), "Failed to read config file directory: /nowhere"),
    ],
)
def test_a_missing_configuration_is_named(arguments: tuple[str, ...], message: str, command: Command) -> None:
    ended = command("db", "version", *arguments)
    assert (ended.code, ended.err) == (3, f"trove-resources: {message}\n")


@pytest.mark.parametrize(
    ("option", "message", "reason"),
    [
        ("--config-file={here}/directory", "cannot read the configuration file {here}/directory: Is a directory", "a"),
        ("--config-file={here}/loop", "cannot read the configuration file {here}/loop: Too many levels of", "a loop"),
        ("--config-file={here}/binary", "cannot read the configuration: a file is not UTF-8 text", "not a text"),
        ("--config-file={here}/hidden", "Failed to open some config files: {here}/hidden", "no permission"),
        ("--config-dir={here}/hidden", "--config-dir {here}/hidden is not a directory", "a file"),
        ("--config-dir={here}/conf.d", "cannot read the configuration file {here}/conf.d/1.conf: Is a", "in one"),
    ],
)
@pytest.mark.parametrize("arguments", [("db", "version"), ("instance", "list"), ("task", "list")])
def test_an_unreadable_configuration_is_exit_code_3(  # noqa: PLR0917 - the table's columns, and fixtures
    option: str, message: str, reason: str, arguments: tuple[str, ...], command: Command, odd: Path
) -> None:
    with unprivileged():
        ended = command(*arguments, option.format(here=odd))
    assert (ended.code, ended.out, ended.err.count("\n")) == (3, "", 1), reason
    assert ended.err.startswith(f"trove-resources: {message.format(here=odd)}"), reason


@pytest.mark.parametrize("arguments", [("upgrade", "0badc0de"), ("downgrade", "0badc0de"), ("upgrade", "--sql", "x")])
def test_an_unknown_revision_is_exit_code_6(arguments: tuple[str, ...], command: Command, trove: Configured) -> None:
    ended = command("db", *arguments, trove.option)
    assert (ended.code, ended.err.count("\n")) == (6, 1)
    assert f"known revisions: base, {REVISION}, head" in ended.err


def test_a_downgrade_that_forgets_engines_is_exit_code_7_unless_forced(command: Command, trove: Configured) -> None:
    command("db", "upgrade", trove.option)
    with trove.engine.begin() as connection:
        connection.execute(
            sa.text("INSERT INTO instances (id, deleted, provisioning_engine) VALUES ('a', 0, 'orchestrator')")
        )
    ended = command("db", "downgrade", trove.option)
    assert (ended.code, ended.err.count("\n")) == (7, 1)
    assert command("db", "downgrade", "--force", trove.option).code == 0
