"""``python -m realcloud``: what it says when there is no cloud, and when it cannot have one."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from realcloud.cloud import Cloud
from realcloud.commands import run
from realcloud.errors import CommandError, PortTakenError, ServiceError
from realcloud.home import HOST, PORTS, Home
from realcloud.services import table


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "REALCLOUD_HOME": str(home)}
    command = [sys.executable, "-W", "ignore", "-m", "realcloud", *arguments]
    return subprocess.run(  # noqa: S603
        command, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_without_a_cloud_nothing_is_up_and_the_exit_says_so(tmp_path: Path) -> None:
    done = _run(tmp_path / "none", "status")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("0 of ")
    assert " crashed" not in done.stdout


def test_to_look_makes_nothing(tmp_path: Path) -> None:
    _run(tmp_path / "none", "status")
    assert not (tmp_path / "none").exists()


def test_what_is_not_there_is_stopped_and_cleaned_well(tmp_path: Path) -> None:
    assert _run(tmp_path / "none", "stop").returncode == 0
    assert _run(tmp_path / "none", "clean").returncode == 0
    assert not (tmp_path / "none").exists()


def test_what_is_not_a_clouds_is_not_cleaned_away(tmp_path: Path) -> None:
    (tmp_path / "thesis").write_text("mine")
    done = _run(tmp_path, "clean")
    assert (done.returncode, done.stderr) == (1, f"{tmp_path} has no cloud: nothing is removed\n")
    assert (tmp_path / "thesis").exists()


@pytest.mark.parametrize("arguments", [(), ("begin",), ("manager", "heat"), ("service", "heat-engine", "shoot")])
def test_wrong_usage_names_what_there_is(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = _run(tmp_path, *arguments)
    assert done.returncode == 2
    assert "usage: python -m realcloud" in done.stderr


def test_a_service_there_is_not_is_named(tmp_path: Path) -> None:
    done = _run(tmp_path, "service", "swift", "start")
    assert done.returncode == 2
    assert "swift" in done.stderr


def test_a_log_that_is_not_there_yet_is_said(tmp_path: Path) -> None:
    done = _run(tmp_path, "logs", "heat-engine")
    assert (done.returncode, done.stdout) == (1, "")
    assert "heat-engine has no log yet" in done.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = _empty(tmp_path)
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        monkeypatch.setattr("realcloud.cloud.PORTS", {"memcached": other.getsockname()[1]})
        by = rf"is taken by .* \(pid {os.getpid()}\)$"
        with pytest.raises(PortTakenError, match=rf"^port \d+ on 127.0.0.1, wanted by memcached, {by}"):
            Cloud(home).start_services("memcached")


def test_a_service_that_ends_is_named_with_the_end_of_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = _empty(tmp_path)
    _install(home, "designate-mdns", "import sys; sys.exit('no such pool')")
    with socket.socket() as free:
        free.bind((HOST, 0))
        # Nobody answers there, whatever cloud runs.
        monkeypatch.setitem(PORTS, "designate-mdns", free.getsockname()[1])
    with pytest.raises(ServiceError, match=r"^designate-mdns has ended; the end of its log .*:\n  no such pool$"):
        Cloud(home).start_services("designate-mdns")
    done = _run(home.root, "status")
    assert done.returncode == 1
    assert [line.split() for line in done.stdout.splitlines() if "crashed" in line] == [["designate-mdns", "crashed"]]


def test_what_runs_already_goes_on_running_until_all_is_stopped(tmp_path: Path) -> None:
    home = _empty(tmp_path)
    _install(home, "neutron-periodic-workers", "import time; time.sleep(60)")
    cloud = Cloud(home)
    try:
        cloud.start_services("neutron-periodic-workers")
        (first,) = [row for row in cloud.status() if row.state != "down"]
        assert (first.name, first.state, first.memory > 0) == ("neutron-periodic-workers", "up", True)
        cloud.start_services("neutron-periodic-workers")
        (second,) = [row for row in cloud.status() if row.state != "down"]
        assert second.pid == first.pid
    finally:
        cloud.stop()
    assert {row.state for row in cloud.status()} == {"down"}


def test_a_manager_is_chosen_for_a_trove_that_is_there(tmp_path: Path) -> None:
    done = _run(tmp_path / "none", "manager", "native")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no Trove" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_failed_command_says_what_it_printed(tmp_path: Path) -> None:
    home = _empty(tmp_path)
    log = home.log("step")
    with pytest.raises(CommandError, match=r"failed with 3; the end of its log .*step.log:\n  no such table"):
        run([sys.executable, "-c", "import sys; print('no such table'); sys.exit(3)"], log)


def test_every_service_that_listens_does_so_on_the_loopback_interface_alone(tmp_path: Path) -> None:
    """Each command and environment that names an address names this one."""
    home = _empty(tmp_path)
    for service in table(home).values():
        said = " ".join([*service.command, *service.environment.values()])
        assert "0.0.0.0" not in said  # noqa: S104 - looked for
        assert "::" not in said


def _install(home: Home, name: str, code: str) -> None:
    """Put a command into the services' environment that does something else."""
    command = Path(home.command(name))
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text(f"#!{sys.executable}\n{code}\n")
    command.chmod(0o755)


def _empty(root: Path) -> Home:
    home = Home(root)
    for directory in (home.logs, home.run, home.data):
        directory.mkdir()
    return home
