"""What the DevStack plug-in does in each phase. DevStack does not run: its functions are stubs that record calls."""

from pathlib import Path

import pytest
from devstack_kit import DevStack

WITH_HEAT = "trove h-eng"


@pytest.fixture
def devstack(tmp_path: Path) -> DevStack:
    made = DevStack(tmp_path)
    made.install()
    return made


def test_install_installs_the_wheels_with_trove_and_heat(devstack: DevStack) -> None:
    ours = "pip_install /opt/stack/trove-resources"
    assert devstack.run("stack", "install") == [ours]
    assert devstack.run("stack", "install", services=WITH_HEAT) == [ours, f"{ours}/heat"]


def test_post_config_writes_the_drop_in_and_removes_options_that_override_it(devstack: DevStack) -> None:
    calls = devstack.run("stack", "post-config")
    task_log = f"{devstack.folder}/data/trove-resources/tasks.sqlite"
    assert calls == [
        f"inidelete {devstack.conf} DEFAULT taskmanager_manager",
        f"iniset {devstack.drop_in} DEFAULT taskmanager_manager trove_resources.plugin.Manager",
        f"iniset {devstack.drop_in} DEFAULT resource_manager native",
        f"iniset {devstack.drop_in} trove_resources task_log {task_log}",
    ]
    assert devstack.drop_in.parent.is_dir()
    assert Path(task_log).parent.is_dir()


@pytest.mark.parametrize(
    ("before", "after"), [("", "/ours/plugin_dir"), ("/theirs,/others", "/theirs,/others,/ours/plugin_dir")]
)
def test_post_config_adds_our_directory_to_plugin_dirs_of_heat(before: str, after: str, devstack: DevStack) -> None:
    calls = devstack.run("stack", "post-config", services=WITH_HEAT, PLUGIN_DIRS=before)
    assert f"iniset heat.conf DEFAULT plugin_dirs {after}" in calls
    assert {f"iniset heat.conf DEFAULT enable_stack_{each} true" for each in ("abandon", "adopt")} <= set(calls)


def test_extra_adds_the_columns_before_it_restarts_trove(devstack: DevStack) -> None:
    restarts = [f"restart_service devstack@{each}" for each in ("tr-api", "tr-tmgr", "tr-cond")]
    upgrade = f"trove-resources --config-file {devstack.conf} db upgrade"
    assert devstack.run("stack", "extra") == [upgrade, *restarts]


@pytest.mark.parametrize("manager", ["orchestrator", "migration"])
def test_a_manager_with_heat_is_configured_with_the_public_network(manager: str, devstack: DevStack) -> None:
    calls = devstack.run("stack", "extra", services=WITH_HEAT, TROVE_RESOURCES_MANAGER=manager)
    assert calls[:2] == [
        "openstack network show public -c id -f value",
        f"iniset {devstack.drop_in} network public_network_id id-of-public",
    ]
    assert calls[2].endswith("db upgrade")


@pytest.mark.parametrize(
    ("ended", "code", "dies"), [("0", 0, False), ("1", 0, False), ("2", 1, True), ("255", 1, True)]
)
def test_a_failed_upgrade_check_ends_devstack_but_a_warning_does_not(
    ended: str, code: int, dies: bool, devstack: DevStack
) -> None:
    calls = devstack.run("stack", "test-config", code=code, CHECK_CODE=ended)
    directory = devstack.drop_in.parent
    assert calls[0] == f"trove-resources-status --config-file {devstack.conf} --config-dir {directory} upgrade check"
    assert [each for each in calls if each.startswith("die ")] == (
        ["die trove-resources is not ready: trove-resources-status upgrade check"] if dies else []
    )


def test_unstack_removes_the_drop_in_and_clean_the_wheels(devstack: DevStack) -> None:
    task_log = devstack.folder / "data" / "trove-resources" / "tasks.sqlite"
    for file in (devstack.drop_in, task_log):
        file.parent.mkdir(parents=True)
        file.touch()
    assert devstack.run("unstack") == []
    assert not devstack.drop_in.exists()
    assert devstack.run("clean") == ["pip_uninstall trove-resources", "pip_uninstall trove-resources-heat"]
    assert not task_log.parent.exists()


def test_other_phases_do_nothing(devstack: DevStack) -> None:
    assert devstack.run("stack", "pre-install") == []


def test_the_manager_is_selected_in_local_conf(devstack: DevStack) -> None:
    calls = devstack.run("stack", "post-config", TROVE_RESOURCES_MANAGER="migration")
    assert f"iniset {devstack.drop_in} DEFAULT resource_manager migration" in calls
