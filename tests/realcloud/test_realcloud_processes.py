"""Processes of the real cloud: each can be found again, is stopped with its children, and its crash is detected."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from realcloud.errors import RealCloudError
from realcloud.home import Home
from realcloud.processes import Processes, Service, memory, process_tree

CHILDREN = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("started", flush=True)
time.sleep(60)
"""
ALONE = """
import time
print("started", flush=True)
time.sleep(60)
"""
HEADLESS = """
import ctypes, threading, time
threading.Thread(target=time.sleep, args=[60]).start()
print("started", flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("started", flush=True)
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    for directory in (home.logs, home.run, home.data):
        directory.mkdir()
    return home


@pytest.fixture
def processes(home: Home) -> Processes:
    return Processes(home)


def _start(processes: Processes, home: Home, code: str) -> int:
    processes.start(Service(name="toy", command=[sys.executable, "-c", code]))
    _until(lambda: "started" in home.log("toy").read_text())
    found = processes.find("toy")
    assert found is not None
    return found.pid


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_process_is_found_by_another_instance(home: Home, processes: Processes) -> None:
    pid = _start(processes, home, ALONE)
    found = Processes(home).find("toy")
    assert found is not None
    assert found.pid == pid
    assert memory(pid) > 0
    assert processes.stop(["toy"]) == []


def test_children_are_killed_with_their_process(home: Home, processes: Processes) -> None:
    pid = _start(processes, home, CHILDREN)
    _until(lambda: len(process_tree(pid)) == 2)
    _, child = process_tree(pid)
    processes.kill("toy")
    assert not Path(f"/proc/{child.pid}").exists() or "Z" in Path(f"/proc/{child.pid}/stat").read_text()


def test_a_killed_process_has_crashed_and_a_stopped_one_has_not(home: Home, processes: Processes) -> None:
    _start(processes, home, ALONE)
    assert not processes.has_crashed("toy")
    processes.kill("toy")
    assert processes.has_crashed("toy")
    processes.stop(["toy"])
    assert not processes.has_crashed("toy")


def test_a_process_that_does_not_exit_is_killed_and_named(
    home: Home, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realcloud.processes.STOP_TIMEOUT", 0.2)
    _start(processes, home, STUBBORN)
    assert processes.stop(["toy"]) == ["toy"]
    assert processes.find("toy") is None


def test_a_process_runs_until_its_last_thread_has_ended(home: Home, processes: Processes) -> None:
    pid = _start(processes, home, HEADLESS)
    _until(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z")
    assert processes.find("toy") is not None
    processes.kill("toy")
    assert processes.find("toy") is None


def test_a_missing_command_is_reported_as_not_installed(home: Home, processes: Processes) -> None:
    with pytest.raises(RealCloudError, match=r"^toy is not installed: run python -m realcloud start first$"):
        processes.start(Service(name="toy", command=[str(home.root / "nothing")]))


def test_an_empty_pid_file_counts_as_a_crash(home: Home, processes: Processes) -> None:
    (home.run / "toy.pid").write_text("")
    assert processes.find("toy") is None
    assert processes.has_crashed("toy")


def test_another_process_with_the_same_pid_is_not_found(home: Home, processes: Processes) -> None:
    pid = _start(processes, home, ALONE)
    pid_file = home.run / "toy.pid"
    start_time = int(pid_file.read_text().split()[1])
    pid_file.write_text(f"{pid} {start_time - 1}")
    assert processes.find("toy") is None
    pid_file.write_text(f"{pid} {start_time}")
    processes.stop(["toy"])
