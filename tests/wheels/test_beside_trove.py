"""The wheel of the plug-in with each release of Trove and its constraints, installed as an operator would."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from trove_lab.docs.option_uses import DATASTORE, options_read
from wheels.environments import Environment, Open, Wheels
from wheels.releases import OLDER, RELEASES, ROOT, Release

USED = Path(__file__).with_name("used_of.py")
CLASSES = (
    "trove.taskmanager.models:BuiltInstanceTasks",
    "trove.taskmanager.models:FreshInstanceTasks",
    "trove.guestagent.api:API",
)
"""The classes of Trove that our tasks use."""
COMMANDS = (
    *("db upgrade", "db downgrade", "db version", "instance list", "instance show"),
    *("managers", "task list", "task show"),
)
HELP = """
import sys
from trove_resources.cli.main import main
for command in sys.argv[1:]:
    main([*command.split(), "--help"])
"""
SINCE_26 = {"BuiltInstance._get_user_nic_info", "BuiltInstanceTasks._get_user_nic_info"} | {
    f"{kind}.get_injected_files" for kind in ("BuiltInstanceTasks", "FreshInstanceTasks")
}
"""Methods that differ in Trove 26: it asks an instance for its user port, which the task manager described before."""
OURS = {"config_dir", "config_dirs", "config_file", "resource_manager", "trove_resources"}
"""Attributes of a configuration that are not options of Trove."""


@pytest.fixture(scope="module", params=RELEASES, ids=str)
def release(request: pytest.FixtureRequest) -> Release:
    given: Release = request.param
    return given


@pytest.fixture(scope="module")
def trove(release: Release, environment: Open, wheels: Wheels) -> Environment:
    """A release of Trove with our wheel only."""
    return environment(release, f"trove=={release.trove}", wheels.resources)


@pytest.fixture(scope="module")
def expected(environment: Open, wheels: Wheels) -> Mapping[str, str]:
    """What the plug-in uses of the release that it is written for."""
    return _used(environment(RELEASES[-1], f"trove=={RELEASES[-1].trove}", wheels.resources))


@pytest.fixture(scope="module")
def made(trove: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that this release of Trove created."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "trove.conf").write_text(f"[database]\nconnection = sqlite:///{folder}/trove.sqlite\n")
    trove.run("trove-manage", "--config-file", folder / "trove.conf", "db_sync")
    return folder / "trove.sqlite"


@pytest.fixture
def configured(trove: Environment, made: Path, tmp_path: Path) -> tuple[str, str]:
    """Return the options for a trove.conf with a copy of that database, and for the drop-in of our wheel."""
    shutil.copy(made, tmp_path)
    file = tmp_path / "trove.conf"
    task_log = tmp_path / "tasks.sqlite"
    file.write_text(
        f"[database]\nconnection = sqlite:///{tmp_path}/trove.sqlite\n[trove_resources]\ntask_log={task_log}\n"
    )
    return f"--config-file={file}", f"--config-dir={trove.folder}/share/trove-resources/trove.conf.d"


def test_the_release_meets_the_requirements_of_the_wheel(trove: Environment, release: Release) -> None:
    assert trove.conflicts() == ""
    pinned = dict(
        line.lower().split("==")
        for line in release.constraints.read_text().splitlines()
        if "==" in line and line[0] != "#"
    )
    installed = {name: version for name, version in trove.versions().items() if name != "trove-resources"}
    assert installed["trove"] == release.trove
    assert {name: version for name, version in installed.items() if pinned.get(name) != version} == {}


def test_what_the_plug_in_uses_of_trove_is_the_same_except_for_known_changes(
    trove: Environment, release: Release, expected: Mapping[str, str]
) -> None:
    """The exception is user data: the plug-in supports both ways of rendering it."""
    theirs = expected if release not in OLDER else _used(trove)
    different = {name for name in theirs.keys() | expected.keys() if theirs.get(name) != expected.get(name)}
    assert different == (SINCE_26 if release in OLDER else set())
    assert {"Manager._create_instance", "Manager.resize_flavor", "Manager.delete_instance"} <= theirs.keys()


def test_trove_has_every_option_the_plug_in_reads(trove: Environment) -> None:
    generated = trove.run("oslo-config-generator", *_namespaces("trove.config"), "--format", "json").stdout
    groups = json.loads(generated)["options"]
    known = {_option(group, each["name"]) for group, of in groups.items() for each in of["opts"]}
    for read in options_read(ROOT / "src" / "trove_resources" / "plugin", groups):
        concrete = read.replace(DATASTORE, "mysql").replace("<service>", "nova_compute")
        assert concrete in known | OURS, read


def test_each_command_prints_its_help(trove: Environment) -> None:
    said = trove.run("trove-resources", "--help")
    assert said.stdout.startswith("usage: trove-resources [--version]")
    assert said.stderr == ""
    assert {each for each in COMMANDS if f"\n  {each} " in said.stdout} == set(COMMANDS)
    # In one process, because each process imports everything again.
    helped = trove.run("python", "-c", HELP, *COMMANDS).stdout
    assert {each for each in COMMANDS if f"usage: trove-resources {each} [-h]" in helped} == set(COMMANDS)


def test_the_upgrade_check_prints_its_help(trove: Environment) -> None:
    assert (
        "usage: trove-resources-status upgrade"
        in trove.run("trove-resources-status", "upgrade", "check", "--help").stdout
    )


def test_a_sample_configuration_has_our_options(trove: Environment) -> None:
    sample = trove.run("oslo-config-generator", *_namespaces("trove_resources")).stdout
    assert "#resource_manager = native" in sample
    assert "[trove_resources]\n" in sample
    assert "Failed to format" not in sample


def test_the_managers_and_what_they_support_are_printed(trove: Environment) -> None:
    rows = json.loads(trove.run("trove-resources", "managers", "-f", "json").stdout)
    assert {row["operation"] for row in rows} >= {"provision", "delete", "resize_flavor", "rebuild"}
    assert all({"native", "orchestrator", "migration"} < row.keys() and row["native"] is True for row in rows)


def test_our_columns_are_added_and_removed_in_a_database_of_this_trove(
    trove: Environment, configured: tuple[str, str]
) -> None:
    files, _ = configured

    def version() -> dict[str, object]:
        shown: dict[str, object] = json.loads(trove.run("trove-resources", files, "db", "version", "-f", "json").stdout)
        return shown

    assert version()["missing_columns"] == "provisioning_engine stack_id"
    assert " is at " in trove.run("trove-resources", files, "db", "upgrade").stdout
    assert version()["is_current"] is True
    assert trove.run("trove-resources", files, "db", "downgrade").stdout.endswith(" is at base\n")
    assert version()["missing_columns"] == "provisioning_engine stack_id"
    # Trove's own chain still works.
    trove.run("trove-manage", files, "db_sync")


def test_with_columns_and_drop_in_the_upgrade_check_succeeds(
    trove: Environment, release: Release, configured: tuple[str, str]
) -> None:
    trove.run("trove-resources", configured[0], "db", "upgrade")
    checked = json.loads(trove.run("trove-resources-status", *configured, "upgrade", "check", "--json").stdout)[
        "checks"
    ]
    assert {each["result"] for each in checked} == {0}
    assert f"Trove {release.trove}: " in checked[0]["details"]
    tried = "tested with this release are create" if release in OLDER else "all managers are tested with this release"
    assert tried in checked[0]["details"]


def test_trove_reads_the_drop_in_and_loads_our_task_manager(trove: Environment, configured: tuple[str, str]) -> None:
    program = (
        "import sys; from oslo_utils import importutils; from trove.common import cfg; cfg.parse_args(sys.argv);"
        "named = cfg.CONF.taskmanager_manager; kind = importutils.import_class(named);"
        "print(named, *(each.__module__ for each in kind.__mro__[:2]))"
    )
    said = trove.run("python", "-W", "ignore", "-c", program, *configured).stdout.split()
    assert said == ["trove_resources.plugin.Manager", "trove_resources.plugin.manager", "trove.taskmanager.manager"]


def _used(trove: Environment) -> Mapping[str, str]:
    uses = trove.json_of(USED, "trove_resources.plugin", "trove", *CLASSES)
    return {**uses["overridden"], **uses["used"]}


def _namespaces(*names: str) -> list[str]:
    return [word for name in names for word in ("--namespace", name)]


def _option(group: str, name: str) -> str:
    own = name.replace("-", "_")
    return own if group == "DEFAULT" else f"{group}.{own}"
