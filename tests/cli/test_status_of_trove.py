"""``trove-resources-status upgrade check``: the checks of Trove's configuration and database."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from status_kit import FAILURE, SUCCESS, WARNING, Shell, Status, shell, status  # noqa: F401 - fixtures
from stevedore import _cache
from stevedore.extension import ExtensionManager

from cli.conftest import Configured
from plugin.databases import BEFORE, sqlite_at
from plugin.toy import install
from trove_resources.cli.status import drop_in
from trove_resources.cli.status.release import of_version
from trove_resources.plugin.database import ownership

SAMPLE = Path(__file__).parents[2] / "etc/trove.conf.d/50-trove-resources.conf"
COLUMNS, ENGINES = "Columns of Trove's database", "Engines of instances"


def own(trove: Configured, instance_id: str, **values: object) -> None:
    """Write the row of an instance."""
    row = {"id": instance_id, "name": "n", "tenant_id": "t", "task_id": 1, "deleted": 0, **values}
    with trove.engine.begin() as connection:
        connection.execute(sa.table("instances", *map(sa.column, row)).insert().values(row))


def default(trove: Configured, *lines: str) -> None:
    """Write lines to section [DEFAULT] of the configuration."""
    trove.file.write_text("".join(f"{line}\n" for line in ("[DEFAULT]", *lines, trove.file.read_text())))


@pytest.fixture
def dropped(trove: Configured) -> str:
    """Copy our sample into a directory of drop-ins, and return the option that names the directory."""
    directory = trove.file.parent / "trove.conf.d"
    directory.mkdir()
    (directory / SAMPLE.name).write_text(SAMPLE.read_text())
    task_log = trove.file.parent / "log" / "tasks.sqlite"
    (directory / "60-task-log.conf").write_text(f"[trove_resources]\ntask_log = {task_log}\n")
    return f"--config-dir={directory}"


def test_nothing_fails_after_the_columns_and_the_drop_in(trove: Configured, dropped: str, status: Status) -> None:  # noqa: F811
    ownership.upgrade(trove.engine)
    checked = status(trove.option, dropped)
    assert (checked.code, set(checked.codes.values())) == (SUCCESS, {SUCCESS})
    assert SAMPLE.name in checked.said("Drop-in")
    assert checked.skipped == {each for each in checked.codes if each.startswith("Heat: ")}
    for each in checked.skipped:
        assert checked.said(each) == "Skipped: resource_manager = native does not need Heat."


def test_a_table_is_printed_and_the_worst_result_is_the_exit_code(trove: Configured, shell: Shell) -> None:  # noqa: F811
    """The command runs as a process."""
    ownership.upgrade(trove.engine)
    ended = shell(trove.option, "upgrade", "check")
    assert (ended.returncode, ended.stderr) == (FAILURE, "")
    assert "| Check: Task manager " in ended.stdout
    assert "| Result: Failure " in ended.stdout
    _, heat = ended.stdout.split("| Check: Heat: number of stacks ")
    result, details = heat.splitlines()[1:3]
    assert result.split() == ["|", "Result:", "Skipped", "|"]
    assert details.startswith("| Details: resource_manager = native does not need Heat. ")
    assert len({len(line) for line in ended.stdout.splitlines()}) == 1


def test_missing_columns_are_a_failure_and_every_instance_native(trove: Configured, status: Status) -> None:  # noqa: F811
    own(trove, "a")
    checked = status(trove.option)
    assert (checked.codes[COLUMNS], checked.codes[ENGINES], checked.code) == (FAILURE, SUCCESS, FAILURE)
    assert ENGINES in checked.skipped
    assert "lacks provisioning_engine and stack_id" in checked.said(COLUMNS)
    assert "run `trove-resources db upgrade`" in checked.said(COLUMNS)


def test_columns_of_no_known_revision_are_a_warning(trove: Configured, status: Status) -> None:  # noqa: F811
    ownership.upgrade(trove.engine)
    with trove.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE trove_resources_alembic_version"))
    checked = status(trove.option)
    assert checked.codes[COLUMNS] == WARNING
    assert "is at our revision base instead of " in checked.said(COLUMNS)


@pytest.mark.parametrize(
    ("connection", "message", "reason"),
    [
        ("mysql+pymysql://trove:s3cret@127.0.0.1:1/trove", "Can't connect to MySQL", "nobody listens there"),
        ("sqlite://", "has no table instances; run trove-manage db_sync first", "Trove's own chain comes first"),
        ("nonsense", "cannot be used", "no URL"),
        ("", "no [database] connection", "no database is named"),
    ],
)
def test_a_database_that_cannot_be_queried_is_a_failure(
    connection: str,
    message: str,
    reason: str,
    trove: Configured,
    status: Status,  # noqa: F811
) -> None:
    trove.file.write_text(f"[database]\nconnection = {connection}\n")
    checked = status(trove.option)
    for check in (COLUMNS, ENGINES):
        assert checked.codes[check] == FAILURE, reason
        assert "Cannot query Trove's database: " in checked.said(check)
        assert message in checked.said(check), reason
        assert "s3cret" not in checked.said(check)


def test_instances_with_an_engine_that_is_not_managed_are_named(trove: Configured, status: Status) -> None:  # noqa: F811
    ownership.upgrade(trove.engine)
    own(trove, "ours")
    for known in ("native", "orchestrator"):
        own(trove, known, provisioning_engine=known)
    own(trove, "gone", provisioning_engine="acme", deleted=1)
    checked = status(trove.option)
    assert checked.codes[ENGINES] == FAILURE
    assert "resource_manager = native does not manage: orchestrator (orchestrator)" in checked.said(ENGINES)
    trove.file.write_text(trove.file.read_text() + "[DEFAULT]\nresource_manager = migration\n")
    assert status(trove.option).codes[ENGINES] == SUCCESS
    for number in range(5):
        own(trove, f"i{number}", provisioning_engine="acme")
    own(trove, "m", provisioning_engine="migration")
    checked = status(trove.option)
    assert checked.codes[ENGINES] == FAILURE
    assert "acme (i0, i1, i2 and 2 more); migration (m)" in checked.said(ENGINES)


def test_the_engine_of_an_installed_third_party_is_known(
    trove: Configured,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: Status,  # noqa: F811
) -> None:
    ownership.upgrade(trove.engine)
    own(trove, "a", provisioning_engine="toy")
    trove.file.write_text(trove.file.read_text() + "[DEFAULT]\nresource_manager = toy\n")
    assert status(trove.option).codes[ENGINES] == FAILURE
    monkeypatch.syspath_prepend(install(tmp_path, {"toy": "toybox:Toy"}))
    monkeypatch.setattr(ExtensionManager, "ENTRY_POINT_CACHE", {})
    monkeypatch.setattr("stevedore._cache._c", _cache.Cache(str(tmp_path / "cache")))
    assert status(trove.option).codes[ENGINES] == SUCCESS


@pytest.mark.parametrize(
    ("line", "check", "message"),
    [
        (
            "taskmanager_manager = trove.taskmanager.manager.Manager",
            "Task manager",
            "trove-resources is not used",
        ),
        ("resource_manager = heat", "Resource manager", "no resource manager has this name; installed are "),
        ("resource_manager = json.JSONDecoder", "Resource manager", "is not a subclass of"),
    ],
)
def test_a_manager_that_is_not_ours_or_does_not_load_names_the_file_to_correct(
    line: str,
    check: str,
    message: str,
    trove: Configured,
    status: Status,  # noqa: F811
) -> None:
    default(trove, line)
    checked = status(trove.option)
    assert checked.codes[check] == FAILURE
    assert message in checked.said(check)
    assert f"Correct it in {trove.file} as in the sample {SAMPLE}" in checked.said(check)


def test_the_former_spelling_is_accepted(trove: Configured, status: Status) -> None:  # noqa: F811
    default(trove, "resource_manager = trove.taskmanager.resources.native.Native")
    checked = status(trove.option)
    assert checked.codes["Resource manager"] == SUCCESS
    assert "trove_resources.native.Native" in checked.said("Resource manager")


def test_a_resource_manager_that_no_file_sets_is_a_warning_with_the_files_read(
    trove: Configured,
    monkeypatch: pytest.MonkeyPatch,
    status: Status,  # noqa: F811
) -> None:
    checked = status(trove.option)
    assert checked.codes["Drop-in"] == WARNING
    assert f"These files were read: {trove.file}." in checked.said("Drop-in")
    monkeypatch.setenv("OS_DEFAULT__RESOURCE_MANAGER", "native")
    checked = status(trove.option)
    assert checked.codes["Drop-in"] == WARNING
    assert "is set only in the environment of this command" in checked.said("Drop-in")


def test_the_file_that_sets_it_is_named_not_one_that_only_has_its_section(
    trove: Configured,
    status: Status,  # noqa: F811
) -> None:
    later = trove.file.with_name("later.conf")
    later.write_text("[DEFAULT]\ndebug = false\n")
    default(trove, "resource_manager = native")
    checked = status(trove.option, f"--config-file={later}")
    assert checked.codes["Drop-in"] == SUCCESS
    assert str(trove.file) in checked.said("Drop-in")
    assert str(later) not in checked.said("Drop-in")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("True", "For that, set resource_manager = orchestrator"),
        ("false", "The equivalent of use_heat is resource_manager = orchestrator. Remove use_heat."),
        ("maybe", "For that, set resource_manager = orchestrator"),
    ],
)
def test_use_heat_is_found_in_a_drop_in_although_it_is_not_registered(
    value: str,
    message: str,
    trove: Configured,
    dropped: str,
    status: Status,  # noqa: F811
) -> None:
    assert status(trove.option, dropped).codes["use_heat"] == SUCCESS
    file = Path(dropped.removeprefix("--config-dir=")) / "10-old.conf"
    file.write_text(f"[DEFAULT]\nuse_heat = {value}\n")
    checked = status(trove.option, dropped)
    assert checked.codes["use_heat"] == WARNING
    assert str(file) in checked.said("use_heat")
    assert message in checked.said("use_heat")


@pytest.mark.parametrize(
    ("version", "code", "message"),
    [
        ("26.0.0", SUCCESS, "all operations and all managers are tested with this release."),
        ("26.1.0.dev3", SUCCESS, "all operations and all managers are tested with this release."),
        ("24.0.1", SUCCESS, "tested with this release are create, resize"),
        ("23.0.0", WARNING, "is not a tested release; 24 to 26 are."),
        ("27.0.0.0rc1", WARNING, "is not a tested release; 24 to 26 are."),
        ("unknown", WARNING, "Trove unknown is not a tested release"),
    ],
)
def test_a_release_of_trove_is_known_or_a_warning(version: str, code: int, message: str) -> None:
    result = of_version(version)
    assert result.code == code
    assert message in str(result.details)


def test_the_installed_trove_is_checked(trove: Configured, status: Status) -> None:  # noqa: F811
    checked = status(trove.option)
    assert checked.codes["Release of Trove"] == SUCCESS
    assert "Trove 26." in checked.said("Release of Trove")


def test_the_database_of_an_older_trove_succeeds(
    trove: Configured,
    templates: Path,
    tmp_path: Path,
    status: Status,  # noqa: F811
) -> None:
    older = sqlite_at(templates, tmp_path / "older.sqlite", BEFORE)
    ownership.upgrade(older)
    trove.file.write_text(f"[database]\nconnection = {older.url}\n")
    assert status(trove.option).codes[COLUMNS] == SUCCESS
    assert json.dumps(str(tmp_path / "older.sqlite"))[1:-1] in status(trove.option).said(COLUMNS)


def test_an_option_that_no_file_sets_needs_the_drop_in_which_is_named_where_it_is(
    trove: Configured,
    status: Status,  # noqa: F811
) -> None:
    said = status(trove.option).said("Task manager")
    assert f"Copy {SAMPLE} to /etc/trove/trove.conf.d on each host" in said
    directory = trove.file.parent / "trove.conf.d"
    directory.mkdir()
    said = status(trove.option, f"--config-dir={directory}").said("Task manager")
    assert f"Copy {SAMPLE} to {directory} on each host" in said


def test_the_sample_is_found_where_the_wheel_put_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As ``pip install --prefix`` does; the RECORD names files relative to the packages."""
    packages, share = tmp_path / "lib" / "python3" / "site-packages", tmp_path / "share/trove-resources/trove.conf.d"
    info = packages / "trove_resources-0.1.0.dist-info"
    for each in (info, share):
        each.mkdir(parents=True)
    (share / SAMPLE.name).touch()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: trove-resources\nVersion: 0.1.0\n")
    (info / "RECORD").write_text(f"../../../share/trove-resources/trove.conf.d/{SAMPLE.name},,\n")
    monkeypatch.syspath_prepend(packages)
    assert drop_in.sample() == share / SAMPLE.name


def test_without_a_sample_the_lines_of_the_drop_in_are_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trove: Configured,
    status: Status,  # noqa: F811
) -> None:
    monkeypatch.setattr("trove_resources.__file__", str(tmp_path / "a" / "b" / "c"))
    assert (
        "Set taskmanager_manager = trove_resources.plugin.Manager and resource_manager in section [DEFAULT] of"
        " /etc/trove/trove.conf.d/50-trove-resources.conf"
    ) in status(trove.option).said("Task manager")


@pytest.mark.parametrize(
    ("lines", "check", "message"),
    [
        (
            "[trove_resources]\ntask_log = $nothing/tasks.sqlite",
            "Task log",
            "[trove_resources] task_log cannot be read: no such option nothing in group [DEFAULT].",
        ),
        (
            "[DEFAULT]\nresource_manager = orchestrator\n[trove_resources]\nstack_limit = many",
            "Heat: number of stacks",
            "Value for option stack_limit from ",
        ),
    ],
)
def test_an_invalid_value_is_a_failure_of_the_check_that_needs_it(
    lines: str,
    check: str,
    message: str,
    trove: Configured,
    status: Status,  # noqa: F811
) -> None:
    trove.file.write_text(f"{trove.file.read_text()}{lines}\n")
    checked = status(trove.option)
    assert checked.codes[check] == FAILURE
    assert message in checked.said(check)
