"""``python -m realcloud`` without a cloud, and on a machine that cannot run one."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from realcloud.cloud import Cloud
from realcloud.commands import run
from realcloud.errors import CommandError, PortInUseError, ServiceError
from realcloud.home import HOST, PORTS, Home
from realcloud.services import table


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "REALCLOUD_HOME": str(home)}
    command = [sys.executable, "-W", "ignore", "-m", "realcloud", *arguments]
    return subprocess.run(  # noqa: S603
        command, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_without_a_cloud_status_exits_with_1(tmp_path: Path) -> None:
    done = _run(tmp_path / "none", "status")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("0 of ")
    assert " crashed" not in done.stdout


def test_status_creates_no_files(tmp_path: Path) -> None:
    _run(tmp_path / "none", "status")
    assert not (tmp_path / "none").exists()


def test_stop_and_clean_succeed_without_a_cloud(tmp_path: Path) -> None:
    assert _run(tmp_path / "none", "stop").returncode == 0
    assert _run(tmp_path / "none", "clean").returncode == 0
    assert not (tmp_path / "none").exists()


def test_clean_removes_nothing_from_a_directory_without_a_cloud(tmp_path: Path) -> None:
    (tmp_path / "thesis").write_text("mine")
    done = _run(tmp_path, "clean")
    assert (done.returncode, done.stderr) == (1, f"{tmp_path} has no cloud: nothing is removed\n")
    assert (tmp_path / "thesis").exists()


@pytest.mark.parametrize("arguments", [(), ("begin",), ("manager", "heat"), ("service", "heat-engine", "shoot")])
def test_wrong_usage_prints_the_usage(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = _run(tmp_path, *arguments)
    assert done.returncode == 2
    assert "usage: python -m realcloud" in done.stderr


def test_an_unknown_service_is_named(tmp_path: Path) -> None:
    done = _run(tmp_path, "service", "swift", "start")
    assert done.returncode == 2
    assert "swift" in done.stderr


def test_a_missing_log_is_reported(tmp_path: Path) -> None:
    done = _run(tmp_path, "logs", "heat-engine")
    assert (done.returncode, done.stdout) == (1, "")
    assert "heat-engine has no log yet" in done.stderr


def test_a_port_in_use_is_reported_with_its_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = _empty(tmp_path)
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        monkeypatch.setattr("realcloud.cloud.PORTS", {"memcached": other.getsockname()[1]})
        by = rf"is in use by .* \(pid {os.getpid()}\)$"
        with pytest.raises(PortInUseError, match=rf"^port \d+ on 127.0.0.1, which memcached needs, {by}"):
            Cloud(home).start_services("memcached")


def test_a_service_that_exits_is_named_with_the_end_of_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = _empty(tmp_path)
    _install(home, "designate-mdns", "import sys; sys.exit('no such pool')")
    with socket.socket() as free:
        free.bind((HOST, 0))
        # No service listens on this port, even if a cloud is running.
        monkeypatch.setitem(PORTS, "designate-mdns", free.getsockname()[1])
    with pytest.raises(ServiceError, match=r"^designate-mdns has exited; the end of its log .*:\n  no such pool$"):
        Cloud(home).start_services("designate-mdns")
    done = _run(home.root, "status")
    assert done.returncode == 1
    assert [line.split() for line in done.stdout.splitlines() if "crashed" in line] == [["designate-mdns", "crashed"]]


def test_a_running_service_keeps_running_until_the_cloud_is_stopped(tmp_path: Path) -> None:
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


def test_a_manager_needs_an_existing_trove(tmp_path: Path) -> None:
    done = _run(tmp_path / "none", "manager", "native")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no Trove" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_failed_command_is_reported_with_its_output(tmp_path: Path) -> None:
    home = _empty(tmp_path)
    log = home.log("step")
    with pytest.raises(CommandError, match=r"exited with 3; the end of its log .*step.log:\n  no such table"):
        run([sys.executable, "-c", "import sys; print('no such table'); sys.exit(3)"], log)


def test_services_listen_on_the_loopback_interface_only(tmp_path: Path) -> None:
    """No command or environment names another address."""
    home = _empty(tmp_path)
    for service in table(home).values():
        words = " ".join([*service.command, *service.environment.values()])
        assert "0.0.0.0" not in words  # noqa: S104 - looked for
        assert "::" not in words


def _install(home: Home, name: str, code: str) -> None:
    """Install a command with this code into the services' environment."""
    command = Path(home.command(name))
    command.parent.mkdir(parents=True, exist_ok=True)
    command.write_text(f"#!{sys.executable}\n{code}\n")
    command.chmod(0o755)


def _empty(root: Path) -> Home:
    home = Home(root)
    for directory in (home.logs, home.run, home.data):
        directory.mkdir()
    return home
